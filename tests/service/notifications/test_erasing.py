"""A person is erased: notifications forget them whatever comes late, keep the counts, and confirm when it is true."""

from datetime import timedelta

from services.notifications import commands, jobs
from services.notifications.models import Alert, Delivery, History, KnownMembership, KnownPerson, Wishes
from shared import clock, erasing, mail
from shared.identifiers import new_id
from shared.messages.notifications import ErasureConfirmed
from shared.messages.registry import ApiKeyChanged, PersonErased
from tests.builders import a_coordinator, an_administrator
from tests.service.notifications.builders import a_conflict, a_person_of, an_organisation
from tests.service.remains import remains

MARKED = ("Bronisława Zaznaczona", "bronislawa@poczta.zaznaczona.pl", "zaznaczona.pl")
"""The last is the end of the one before: what is written over a row may hide only its beginning."""


def marked(*organisation_ids, **values):
    return a_person_of(*organisation_ids, **{"name": MARKED[0], "email": MARKED[1], **values})


async def an_erased_person(service, **values):
    """Tell of somebody who was told something and wished something, and then of their erasure."""
    organisation = an_organisation()
    person = marked(organisation.id, **values)
    await service.deliver(organisation, person, a_conflict(organisation_ids=(organisation.id,)))
    await service.deliver(PersonErased(id=person.id, version=person.version + 1))
    return organisation, person


async def rows_of(service, model, **wanted):
    return await service.database.read(lambda session: session.query(model).filter_by(**wanted).all())


async def test_nothing_of_the_person_is_left_in_the_database(service_running):
    organisation = an_organisation()
    person = marked(organisation.id)
    neighbours = [a_person_of(new_id()) for _ in range(20)]
    await service_running.deliver(*neighbours[:10], organisation, person, *neighbours[10:])
    await service_running.deliver(a_conflict(organisation_ids=(organisation.id,)))
    somebody = a_coordinator(organisation.id, id=person.id)
    await service_running.client.put(
        "/notifications/api/v1/channels/mail",
        json={"on": False},
        headers={**service_running.headers(somebody), "If-Match": '"0"', "Idempotency-Key": "k"},
    )
    assert MARKED[1].encode() in await remains(service_running)

    await service_running.deliver(PersonErased(id=person.id, version=7))
    await service_running.run_job("finish erasures")

    left = await remains(service_running)
    assert [word for word in MARKED if word.encode() in left] == []
    assert await rows_of(service_running, KnownMembership, person_id=person.id) == []
    assert await rows_of(service_running, Wishes) == []
    assert [(one.by_person_id, one.changes) for one in await rows_of(service_running, History)] == [(None, {})]
    [tombstone] = await rows_of(service_running, KnownPerson, erased=True)
    assert (tombstone.id, tombstone.version) == (person.id, 7)


async def test_alerts_are_counted_and_nobody_sees_them(service_running, alerts):
    organisation, person = await an_erased_person(service_running)
    assert len(await rows_of(service_running, Alert)) == 1
    assert await rows_of(service_running, Alert, person_id=person.id) == []
    for viewer in (an_administrator(), a_coordinator(organisation.id), a_coordinator(organisation.id, id=person.id)):
        assert await alerts(viewer) == []


async def test_two_erased_colleagues_keep_an_alert_each(service_running):
    organisation = an_organisation()
    people = [marked(organisation.id), marked(organisation.id)]
    await service_running.deliver(organisation, *people, a_conflict(organisation_ids=(organisation.id,)))
    await service_running.deliver(*(PersonErased(id=one.id, version=2) for one in people))
    assert len(await rows_of(service_running, Alert)) == 2


async def test_who_joins_afterwards_is_told_and_takes_nothing_over(service_running, alerts):
    organisation, _ = await an_erased_person(service_running)
    newcomer = a_person_of(organisation.id)
    await service_running.deliver(newcomer)
    assert len(await rows_of(service_running, Alert)) == 2
    [told] = await alerts(an_administrator())
    assert told["person_id"] == newcomer.id


async def test_a_mail_that_waits_never_leaves_and_one_that_was_kept_goes(service_running, letters, tmp_path):
    organisation = an_organisation()
    person, colleague = marked(organisation.id), a_person_of(organisation.id)
    await service_running.deliver(organisation, person, colleague, a_conflict(organisation_ids=(organisation.id,)))
    assert {one["X-Osiedle-Person"] for one in await letters()} == {person.id, colleague.id}
    await service_running.deliver(a_conflict(organisation_ids=(organisation.id,)))

    await service_running.deliver(PersonErased(id=person.id, version=2))
    await service_running.run_job("finish erasures")

    assert {one["X-Osiedle-Person"] for one in await letters()} == {colleague.id}
    assert not any(MARKED[1].encode() in file.read_bytes() for file in (tmp_path / "mail").iterdir())
    assert await rows_of(service_running, Delivery, person_id=person.id) == []
    assert len(await rows_of(service_running, Delivery, state="sent")) == 3


async def test_a_mail_that_was_in_hand_while_the_person_was_erased_is_not_kept(service_running, tmp_path):
    """The sender had read the address already; the letter is written afterwards, or not at all."""
    organisation = an_organisation()
    person = marked(organisation.id)
    await service_running.deliver(organisation, person, a_conflict(organisation_ids=(organisation.id,)))
    database = service_running.database
    await database.write(commands.take_due, now=clock.now(), lease=timedelta(seconds=-1))
    [parcel] = await database.write(commands.take_due, now=clock.now(), lease=timedelta(minutes=2))
    settings = service_running.app.state.settings
    folder = settings.data / "mail"
    letter = jobs.letter_for(parcel, settings.address)

    class Slow(mail.ConsoleMail):
        async def send(self, letter):
            await service_running.deliver(PersonErased(id=person.id, version=2))
            await super().send(letter)

    await erasing.CarefulMail(Slow(settings), database, folder).send(letter)
    assert list(folder.iterdir()) == []
    await erasing.CarefulMail(mail.ConsoleMail(settings), database, folder).send(letter)
    assert list(folder.iterdir()) == []


async def test_what_comes_late_brings_nobody_back(service_running):
    _, person = await an_erased_person(service_running, version=4)
    for version in (1, 4, 5):
        await service_running.deliver(marked(new_id(), id=person.id, version=version))
    [known] = await rows_of(service_running, KnownPerson)
    assert (known.name, known.email, known.version) == ("", None, 5)
    assert await rows_of(service_running, KnownMembership) == []


async def test_who_was_never_heard_of_is_not_let_in_afterwards(service_running):
    person = marked(new_id(), version=3)
    await service_running.deliver(PersonErased(id=person.id, version=4), person)
    [known] = await rows_of(service_running, KnownPerson)
    assert (known.name, known.erased) == ("", True)


async def test_a_key_of_theirs_ends_even_before_that_is_told(service_running):
    person = marked()
    key = ApiKeyChanged(id=new_id(), version=1, kind="program", secret_hash="0" * 64, person_id=person.id)
    await service_running.deliver(key, PersonErased(id=person.id, version=2), key)
    [row] = await service_running.rows("known_api_key")
    assert row.revoked_at is not None


async def test_it_is_confirmed_once_when_the_last_bytes_are_gone(service_running):
    person = marked()
    erased = PersonErased(id=person.id, version=2)
    await service_running.deliver(person)
    await service_running.deliver(erased, message_id="erased-once")
    assert await service_running.outgoing(ErasureConfirmed) == []
    for _ in range(2):
        await service_running.run_job("finish erasures")
        await service_running.deliver(erased, message_id="erased-once")
    assert [(one.id, one.version) for one in await service_running.outgoing(ErasureConfirmed)] == [(person.id, 2)]


async def test_who_is_erased_again_after_a_restored_backup_is_confirmed_again(service_running):
    person = marked()
    for version in (5, 3):
        await service_running.deliver(PersonErased(id=person.id, version=version))
        await service_running.run_job("finish erasures")
    assert [one.version for one in await service_running.outgoing(ErasureConfirmed)] == [5, 5]
