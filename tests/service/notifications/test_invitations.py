"""Invitations as mail that calendar programs understand: whom they reach, what they say, and how one answers."""

import re
from datetime import timedelta

import icalendar
import pytest
import vobject

from services.notifications import commands, jobs
from services.notifications.jobs.inviting import invitation_letter
from services.notifications.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import InvitationEnded, MeetingCalled
from shared.messages.registry import PersonErased
from tests.builders import a_coordinator, an_administrator
from tests.harness import quiet
from tests.service.notifications.builders import a_person_of
from tests.service.notifications.inviting import (
    MAILBOX,
    a_meeting,
    an_invitation,
    answered,
    next_version,
    sent,
    with_mailbox,
)
from tests.service.remains import remains

LINK = re.compile(r"http://osiedle\.test(/notifications/invitations/answer\?key=\S+&answer=(yes|maybe|no))")


@pytest.fixture
async def service(database_url, tmp_path):
    async with with_mailbox(database_url, tmp_path) as service:
        yield service


def invite_in(letter):
    [part] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return part


def event_in(letter):
    return icalendar.Calendar.from_ical(invite_in(letter).get_content()).walk("VEVENT")[0]


def links_in(letter):
    return {answer: path for path, answer in LINK.findall(letter.get_body(("plain",)).get_content())}


async def test_a_guest_gets_one_mail_that_two_foreign_programs_understand(service, tmp_path):
    await service.deliver(an_invitation(required=True))
    [letter] = await sent(service, tmp_path)
    assert await sent(service, tmp_path) != []
    assert letter["To"].addresses[0].addr_spec == "ewa@example.org"
    assert letter["Subject"] == "Zaproszenie: Narada liderów"
    part = invite_in(letter)
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    kinds = [one.get_content_type() for one in letter.walk() if not one.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    event = event_in(letter)
    assert (str(event["UID"]), event["SEQUENCE"]) == ("narada-1@osiedle.example", 0)
    assert event["ATTENDEE"] == "mailto:ewa@example.org"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["ATTENDEE"].params["ROLE"] == "REQ-PARTICIPANT"
    assert re.fullmatch(r"mailto:rsvp\+[a-z2-7]{16}@osiedle\.example", event["ORGANIZER"])
    [file] = [one for one in letter.walk() if one.get_filename() == "invite.ics"]
    other = vobject.readOne(file.get_content().decode())
    assert other.method.value == "REQUEST"
    assert other.vevent.attendee.value == "mailto:ewa@example.org"
    assert len(await service.rows("invitation_letter")) == 1


@pytest.mark.parametrize(
    ("language", "subject", "first", "hint"),
    [
        ("pl", "Zaproszenie: Narada liderów", "Dzień dobry", "You can read this in English below."),
        ("en", "Invitation: Narada liderów", "Hello", "Niżej to samo po polsku."),
    ],
)
async def test_a_guest_whom_nobody_asked_reads_the_neighbourhoods_language_and_then_the_other(
    service, language, subject, first, hint
):
    await service.deliver(an_invitation())
    [envelope] = await service.database.write(commands.take_due_invitations, now=clock.now(), lease=timedelta(1))
    letter = invitation_letter(envelope, service.app.state.settings.model_copy(update={"language": language}))

    assert (letter.subject, letter.language) == (subject, language)
    assert letter.text.strip().startswith(hint)
    greetings = sorted((letter.text.index(one), one) for one in ("Dzień dobry", "Hello"))
    assert greetings[0][1] == first
    assert len(LINK.findall(letter.text)) == 6
    assert letter.html.index(f'<div lang="{language}">') < letter.html.index("<hr>")


async def test_nobody_sees_another_address(service, tmp_path):
    meeting = a_meeting()
    for name in ("ewa", "jan", "zofia"):
        await service.deliver(an_invitation(meeting=meeting, name=name, mail=f"{name}@example.org"))
    letters = await sent(service, tmp_path)
    assert len(letters) == 3
    for letter in letters:
        seen = set(re.findall(r"(?:ewa|jan|zofia)@", letter.as_string() + invite_in(letter).get_content()))
        assert len(seen) == 1


async def test_people_and_an_organisations_people_get_it_at_their_own_address(service, tmp_path):
    anna, club = a_person_of(email="anna@example.org"), new_id()
    jan = a_person_of(club, email="jan@example.org", language="en")
    await service.deliver(anna, jan)
    meeting = a_meeting()
    await service.deliver(
        an_invitation(meeting=meeting, person_id=anna.id, name="", mail=None),
        an_invitation(meeting=meeting, organisation_id=club, name="", mail=None),
    )
    found = {letter["To"].addresses[0].addr_spec: letter for letter in await sent(service, tmp_path)}
    assert set(found) == {"anna@example.org", "jan@example.org"}
    assert found["jan@example.org"]["Subject"] == "Invitation: Narada liderów"
    assert found["anna@example.org"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_who_becomes_known_a_moment_later_is_written_to_as_well(service, tmp_path):
    club = new_id()
    await service.deliver(an_invitation(organisation_id=club, name="", mail=None))
    await service.deliver(a_person_of(club, email="anna@example.org"))
    assert len(await sent(service, tmp_path)) == 1


async def test_who_wants_no_letters_gets_none_and_a_guest_can_stop_them_too(service, tmp_path):
    anna = a_person_of()
    await service.deliver(anna)
    await service.client.put(
        "/notifications/api/v1/channels/mail",
        json={"on": False},
        headers={**service.headers(a_coordinator(id=anna.id)), "If-Match": '"0"'},
    )
    await service.deliver(an_invitation(person_id=anna.id, name="", mail=None))
    assert await sent(service, tmp_path) == []
    told = an_invitation()
    await service.deliver(told)
    [letter] = await sent(service, tmp_path)
    stop = letter["List-Unsubscribe"].strip("<>").partition("http://osiedle.test")[2]
    assert (await service.client.get(stop)).status_code == 200
    assert (await service.client.post(stop)).status_code == 200
    await service.deliver(next_version(told, sequence=1))
    assert len(await sent(service, tmp_path)) == 1


async def test_an_update_and_a_cancel_come_in_the_same_conversation_with_a_higher_sequence(service, tmp_path):
    told = an_invitation()
    await service.deliver(told)
    await sent(service, tmp_path)
    moved = next_version(told, sequence=1)
    await service.deliver(moved)
    await sent(service, tmp_path)
    await service.deliver(next_version(moved, method="CANCEL", sequence=2))
    letters = await sent(service, tmp_path)
    assert [invite_in(one).get_param("method") for one in letters] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event_in(one)["SEQUENCE"] for one in letters] == [0, 1, 2]
    assert [str(event_in(one)["UID"]) for one in letters] == ["narada-1@osiedle.example"] * 3
    assert len({one["References"] for one in letters}) == 1
    assert len({one["Message-ID"] for one in letters}) == 3
    assert [one["Subject"].partition(":")[0] for one in letters] == ["Zaproszenie", "Zmiana", "Odwołane"]
    assert links_in(letters[2]) == {}


async def test_what_is_taken_back_before_it_left_never_leaves(service, tmp_path):
    told = an_invitation()
    await service.deliver(told, next_version(told, method="CANCEL", sequence=1))
    assert await sent(service, tmp_path) == []
    assert [row.state for row in await service.rows("invitation_letter")] == ["overtaken"]


async def test_a_retry_has_the_same_message_id(service, tmp_path):
    told = an_invitation()
    await service.deliver(told)

    class Away:
        keys: list[str] = []  # noqa: RUF012

        async def send(self, letter):
            self.keys.append(letter.key)
            if len(self.keys) == 1:
                raise OSError("away")

    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=0, reply="console", reply_address=MAILBOX))
    post = Away()
    await jobs.send_invitations(settings, service.database, post)
    assert len(post.keys) == 2
    assert len(set(post.keys)) == 1


async def test_a_link_asks_for_confirmation_and_the_answer_is_told_without_a_name(service, tmp_path):
    told = an_invitation()
    await service.deliver(told)
    [letter] = await sent(service, tmp_path)
    links = links_in(letter)
    assert set(links) == {"yes", "maybe", "no"}
    async with service.browser() as browser:
        asked = await browser.get(links["yes"])
        assert asked.status_code == 200
        assert "Narada liderów" in asked.text
        assert await answered(service) == []
        address = links["yes"].partition("&")[0]
        done = await browser.post(address, data={"answer": "yes"})
        assert "Dziękujemy. Zapisaliśmy" in done.text
        assert (await browser.post(address, data={"answer": "no"})).status_code == 200
    said = await answered(service)
    assert [(one.id, one.version, one.answer, one.sequence) for one in said] == [
        (told.id, 1, "yes", 0),
        (told.id, 2, "no", 0),
    ]
    told_of = "".join(str(row.body) for row in await service.rows("outbox"))
    assert "Ewa" not in told_of
    assert "ewa@" not in told_of


async def test_a_forged_link_a_late_one_and_one_that_was_taken_back_get_clear_answers(service, tmp_path):
    told = an_invitation()
    await service.deliver(told)
    [letter] = await sent(service, tmp_path)
    address = links_in(letter)["yes"].partition("&")[0]
    forged = address[:-3] + ("aaa" if not address.endswith("aaa") else "bbb")
    async with service.browser() as browser:
        for path, status, words in (
            (forged, 403, "nie odpowiada na żadne zaproszenie"),
            ("/notifications/invitations/answer", 403, "nie odpowiada na żadne zaproszenie"),
        ):
            refused = await browser.post(path, data={"answer": "yes"})
            assert (refused.status_code, words in refused.text) == (status, True)
        taken_back = next_version(told, method="CANCEL", sequence=1)
        await service.deliver(taken_back)
        assert (await browser.post(address, data={"answer": "yes"})).status_code == 410
        again = next_version(taken_back, method="REQUEST", sequence=2)
        past = again.meeting.model_copy(update={"until_at": clock.now() - timedelta(minutes=1)})
        await service.deliver(again.model_copy(update={"meeting": past}))
        late = await browser.get(address)
        assert (late.status_code, "już nieaktualne" in late.text) == (410, True)
        await service.deliver(InvitationEnded(id=told.id, version=9))
        assert (await browser.get(address)).status_code == 410
    assert await answered(service) == []


async def test_people_who_are_invited_by_themselves_have_an_alert_and_no_second_letter(service, alerts_of, tmp_path):
    anna, club = a_person_of(), new_id()
    await service.deliver(anna)
    called = {
        "id": new_id(), "version": 1, "title": "Narada", "host_ids": (club,), "zone": "Europe/Warsaw", "url": "/x",
        "starts_at": clock.now() + timedelta(days=3), "ends_at": clock.now() + timedelta(days=3, hours=1),
    }  # fmt: skip
    await service.deliver(MeetingCalled(**called, person_ids=(anna.id,), required_ids=(anna.id,)))
    [alert] = await alerts_of(a_coordinator(id=anna.id))
    assert (alert["kind"], alert["person_id"], alert["organisation_id"]) == ("meeting_called", anna.id, None)
    assert alert["reason"]["code"] == "meeting_needed"
    assert await service.rows("delivery") == []
    assert await alerts_of(a_coordinator(new_id())) == []


@pytest.fixture
def alerts_of(service):
    async def ask(person):
        headers = service.headers(person)
        return (await service.client.get("/notifications/api/v1/alerts", headers=headers)).json()["items"]

    return ask


async def test_what_ended_is_forgotten_and_comes_back_with_nothing_old(service, tmp_path):
    told = an_invitation(name="Bronisława Zaznaczona", mail="bronislawa@zaznaczona.pl")
    await service.deliver(told)
    await service.deliver(InvitationEnded(id=told.id, version=2), told.model_copy(update={"version": 2}))
    assert await service.rows("invitation_letter") == []
    [row] = await service.rows("known_invitation")
    assert (row.ended, row.name, row.mail, row.title, row.calendar) == (True, "", None, "", "")
    assert await sent(service, tmp_path) == []


async def test_of_an_erased_person_who_was_invited_nothing_is_left(service, tmp_path):
    anna = a_person_of(name="Bronisława Zaznaczona", email="bronislawa@zaznaczona.pl")
    await service.deliver(anna, an_invitation(person_id=anna.id, name="Bronisława Zaznaczona", mail=None))
    assert len(await sent(service, tmp_path)) == 1
    assert b"Zaznaczona" in await remains(service)
    await service.deliver(PersonErased(id=anna.id, version=7))
    await service.run_job("finish erasures")
    left = await remains(service)
    assert b"Zaznaczona" not in left
    assert b"zaznaczona.pl" not in left
    assert list((tmp_path / "mail").glob("*.eml")) == []
    assert [row.ended for row in await service.rows("known_invitation")] == [True]


async def test_the_operator_sees_how_invitations_fared_and_tries_again(service, tmp_path):
    await service.deliver(an_invitation())

    class Dead:
        async def send(self, letter):
            raise OSError("away")

    await jobs.send_invitations(Settings(**quiet(data=tmp_path, tries=1)), service.database, Dead())
    [row] = await service.rows("invitation_letter")
    assert (row.state, row.attempts) == ("given_up", 1)
    async with service.browser(an_administrator()) as browser:
        page = (await browser.get("/notifications/deliveries/invitations")).text
        assert "OSError: away" in page
        assert "ewa@example.org" not in page
        again = await browser.post(f"/notifications/deliveries/invitations/{row.id}/retry")
        assert again.status_code == 303
        assert (await browser.post(f"/notifications/deliveries/invitations/{new_id()}/retry")).status_code == 404
    assert len(await sent(service, tmp_path)) == 1
    async with service.browser(a_coordinator()) as browser:
        assert (await browser.get("/notifications/deliveries/invitations")).status_code == 403
        assert (await browser.post(f"/notifications/deliveries/invitations/{row.id}/retry")).status_code == 403
