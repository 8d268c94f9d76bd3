"""Who belongs where, as the pages about people show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.registry.domain.permissions import may_look_after_people, may_see_invitations
from services.registry.models import Organisation
from services.registry.queries.invitations import InvitationCard, invitations
from services.registry.queries.names import organisation_names
from services.registry.queries.organisations import named
from services.registry.queries.people import PersonCard, people, person_card
from shared import people as shared_people
from shared.paging import WHOLE, Paging
from shared.people import must


@dataclass(frozen=True)
class PeopleOfOrganisation:
    """Who belongs to an organisation, and who was asked to; the latter only for those who might have asked."""

    organisation: Organisation
    people: Sequence[PersonCard]
    invitations: Sequence[InvitationCard]


@dataclass(frozen=True)
class Everybody:
    """A page of everybody, with the names of their organisations by id, and the open invitations."""

    people: Sequence[PersonCard]
    organisations: Mapping[str, str]
    invitations: Sequence[InvitationCard]


def people_of_organisation(
    session: Session, *, viewer: shared_people.Person, organisation_id: str
) -> PeopleOfOrganisation:
    """Give the people of an organisation to those who work here. Raises `NothingHere`, `NotAllowed`."""
    asked: Sequence[InvitationCard] = ()
    organisation = named(session, Organisation, organisation_id)
    belonging = people(session, viewer=viewer, paging=WHOLE, organisation_id=organisation_id)
    if may_see_invitations(viewer, organisation_id):
        asked = invitations(session, viewer=viewer, paging=WHOLE, organisation_id=organisation_id, only_open=True)
    return PeopleOfOrganisation(organisation, belonging, asked)


def everybody(session: Session, *, viewer: shared_people.Person, paging: Paging) -> Everybody:
    """Give everybody, by name, to those who look after the neighbourhood. Raises `NotAllowed`."""
    must(may_look_after_people(viewer))
    cards = people(session, viewer=viewer, paging=paging)
    asked = invitations(session, viewer=viewer, paging=WHOLE, only_open=True)
    return Everybody(cards, organisation_names(session, _organisations_of(cards)), asked)


def one_of_us(
    session: Session, *, viewer: shared_people.Person, person_id: str
) -> tuple[PersonCard, Mapping[str, str]]:
    """Give one person, and the names of their organisations by id. Raises `NothingHere`, `NotAllowed`."""
    card = person_card(session, viewer=viewer, person_id=person_id)
    return card, organisation_names(session, _organisations_of([card]))


def _organisations_of(cards: Iterable[PersonCard]) -> set[str]:
    return {one.organisation_id for card in cards for one in card.person.memberships}
