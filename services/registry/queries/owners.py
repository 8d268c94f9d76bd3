"""Organisations as tables name them: by id, by the key of a table, by NIP or REGON, or by their whole name."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.cells import Note
from services.registry.domain.numbers import PLACES, polish_number
from services.registry.domain.words import folded
from services.registry.models import Organisation, OrganisationKey
from services.registry.queries.merged import followed


class Owners:
    """All organisations at once, to be asked in memory for each row of a table."""

    def __init__(self, session: Session) -> None:
        """Read their ids, keys, numbers and names; a merged one stands for the one that was kept."""
        rows = session.execute(
            select(
                Organisation.id,
                Organisation.external_key,
                Organisation.nip,
                Organisation.regon,
                Organisation.name,
                Organisation.merged_into_id,
            )
        ).all()
        into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        self._by_key: dict[str, str] = {}
        self._by_number: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            kept = followed(row.id, into)
            self._by_key |= {key: kept for key in (row.id, row.external_key) if key}
            for number in filter(None, (row.nip, row.regon)):
                self._by_number[number].add(kept)
            self._by_name[folded(row.name)].add(kept)
        for key, organisation_id in session.execute(select(OrganisationKey.key, OrganisationKey.organisation_id)):
            self._by_key.setdefault(key, followed(organisation_id, into))

    def find(self, names: Sequence[str]) -> str | Note | None:
        """Give the id of the organisation that is named in these ways, the surest first, or say what is wrong.

        Where the surest fits several (the NIP of a town has all its schools), the next decides among them.
        """
        if not names:
            return None
        fitting = self._named(names[0])
        for name in names[1:]:
            if len(fitting) > 1:
                fitting = fitting & self._named(name) or fitting
        if len(fitting) == 1:
            return next(iter(fitting))
        if fitting:
            text = "More than one organisation is called “{name}”; write its key or id"
        else:
            text = "There is no organisation with the key, number or name “{name}”"
        return Note(text, {"name": names[0][:100]}, column="organisation", value=names[0][:100])

    def _named(self, text: str) -> set[str]:
        if text in self._by_key:
            return {self._by_key[text]}
        for kind in PLACES:
            if (number := polish_number(kind, text)) in self._by_number:
                return self._by_number[number]
        return self._by_name.get(folded(text), set())
