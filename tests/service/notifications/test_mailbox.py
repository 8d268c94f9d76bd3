"""Answers that come as mail: from four calendar programs, by IMAP or from a folder; forged and stale ones are told."""

import logging
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from services.notifications.clients.mailboxes import ImapMailbox, MailboxAway
from services.notifications.domain.replies import LARGEST_MAIL
from services.notifications.jobs.reading import read_replies
from services.notifications.settings import Settings
from shared.identifiers import new_id
from shared.messages.calendar import InvitationEnded
from shared.messages.notifications import InvitationReplied
from tests.builders import an_administrator
from tests.harness import quiet
from tests.replies import SHAPES, reply_mail
from tests.service.notifications.builders import a_conflict, a_person_of
from tests.service.notifications.inboxes import Inbox
from tests.service.notifications.inviting import a_meeting, an_invitation, answered, next_version, sent, with_mailbox

BOUNCES = Path(__file__).resolve().parents[2] / "data" / "bounces"
UID = "narada-1@osiedle.example"


@pytest.fixture
async def service(database_url, tmp_path):
    async with with_mailbox(database_url, tmp_path) as service:
        yield service


@pytest.fixture
async def told(service, tmp_path):
    """Ewa is invited, and her letter left."""
    told = an_invitation()
    await service.deliver(told)
    await sent(service, tmp_path)
    return told


@pytest.fixture
def organizer(told, tmp_path):
    """Give the address to which her calendar program answers."""
    [file] = (tmp_path / "mail").glob("*.eml")
    return str(message_from_bytes(file.read_bytes(), policy=policy.default)["Reply-To"])


@pytest.fixture
def comes(service, tmp_path):
    """Let mails lie in the folder, and read them; gives what became of each, the last one last."""

    async def comes(*mails):
        folder = tmp_path / "replies"
        folder.mkdir(exist_ok=True)
        for number, mail in enumerate(mails):
            (folder / f"{number:04}.eml").write_bytes(mail)
        await service.run_job("read replies")
        assert list(folder.glob("*.eml")) == []
        return [row.outcome for row in await service.rows("mail_reply", order_by="id")]

    return comes


def ewas(shape="thunderbird", **values):
    return reply_mail(shape, **{"uid": UID, "attendee": "ewa@example.org", **values})


@pytest.mark.parametrize(("shape", "answer"), sorted(SHAPES.items()))
async def test_what_four_programs_write_is_taken_in(service, told, organizer, comes, shape, answer):
    assert await comes(ewas(shape, organizer=organizer)) == ["taken"]
    assert [(one.id, one.answer, one.sequence) for one in await answered(service)] == [(told.id, answer, 0)]


async def test_a_letter_that_comes_back_is_remembered_as_refused(service, comes, tmp_path):
    person = a_person_of(organisation_id := new_id())
    await service.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    await service.run_job("send due deliveries")
    [file] = (tmp_path / "mail").glob("*.eml")
    key = message_from_bytes(file.read_bytes())["Message-ID"].strip("<>").partition("@")[0]
    assert await comes((BOUNCES / "exchange.eml").read_text().replace("KEY", key).encode()) == []
    [refused] = await service.rows("refused_address")
    assert (refused.person_id, refused.error) == (person.id, "bounced: 5.1.10")


async def test_the_same_mail_is_taken_in_once(service, organizer, comes):
    mail = ewas(organizer=organizer)
    assert await comes(mail) == ["taken"]
    assert await comes(mail) == ["taken"]
    assert len(await answered(service)) == 1


async def test_what_is_forged_unknown_or_from_somebody_else_is_told_to_the_operator_alone(
    service, organizer, comes, caplog
):
    caplog.set_level(logging.WARNING)
    forged = organizer.partition("+")[0] + "+aaaaaaaaaaaaaaaa@osiedle.example"
    outcomes = await comes(
        ewas(organizer=forged),
        ewas(organizer="rsvp@osiedle.example"),
        ewas(organizer=organizer, attendee="jan@example.org"),
        ewas(organizer=organizer, uid="other@example.org"),
        b"Subject: Nie ma mnie\r\n\r\nWracam jutro, ewa@example.org",
        b"x" * (LARGEST_MAIL + 1),
    )
    assert outcomes == ["forged", "forged", "stranger", "unknown", "no_calendar", "too_large"]
    assert await answered(service) == []
    assert "forged" in caplog.text
    assert "example.org" not in caplog.text
    async with service.browser(an_administrator()) as browser:
        page = (await browser.get("/notifications/deliveries/invitations")).text
    assert "być może podrobiona" in page
    assert "example.org" not in page


async def test_an_answer_to_an_earlier_time_counts_no_more_and_one_to_the_present_does(
    service, told, organizer, comes, tmp_path
):
    moved = next_version(told, sequence=2)
    await service.deliver(moved)
    await sent(service, tmp_path)
    assert await comes(ewas(organizer=organizer, sequence=1)) == ["stale"]
    assert await comes(ewas(organizer=organizer, sequence=2)) == ["stale", "taken"]
    await service.deliver(next_version(moved, method="CANCEL", sequence=3))
    assert (await comes(ewas("apple", organizer=organizer, sequence=3)))[-1] == "taken_back"
    await service.deliver(InvitationEnded(id=told.id, version=9))
    assert (await comes(ewas("outlook", organizer=organizer, sequence=3)))[-1] == "unknown"
    assert [one.sequence for one in await answered(service)] == [2]


async def said(service):
    return [(one.version, one.answer, one.held_on) for one in await service.outgoing(InvitationReplied)]


async def test_an_answer_to_one_date_of_a_series_is_told_for_that_date_alone(service, comes, tmp_path):
    told = an_invitation(meeting=a_meeting(rrule="FREQ=WEEKLY"))
    await service.deliver(told)
    [letter] = await sent(service, tmp_path)
    mine = ewas("apple", organizer=str(letter["Reply-To"]))
    date = mine.replace(b"SEQUENCE:0", b"SEQUENCE:0\r\nRECURRENCE-ID:20300106T233000Z", 1)
    assert date != mine
    assert await comes(date) == ["taken"]
    assert await said(service) == [(1, "no", "2030-01-07")]
    assert await answered(service) == []
    [link, *_] = re.findall(r"http\S+&answer=yes", letter.get_body(("plain",)).get_content())
    async with service.browser() as browser:  # which asks still whether she comes to all of it
        assert (await browser.get(link)).status_code == 200
    assert await comes(ewas(organizer=str(letter["Reply-To"]))) == ["taken", "taken"]
    assert [(one.version, one.answer) for one in await answered(service)] == [(2, "yes")]


async def test_an_answer_to_one_date_of_what_is_held_once_is_not_taken(service, organizer, comes):
    mail = ewas(organizer=organizer).replace(b"SUMMARY:Narada", b"RECURRENCE-ID:20300107T080000Z")
    assert await comes(mail) == ["one_date"]
    assert await answered(service) == []
    assert await said(service) == []


async def test_who_sends_somebody_else_or_proposes_another_time_is_told(service, told, organizer, comes):
    mail = ewas("apple", organizer=organizer)
    sent_jan = b'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:jan@example.org"'
    delegated = re.sub(rb"PARTSTAT=DEC\r?\n LINED", sent_jan, mail)
    assert sent_jan in delegated
    countered = mail.replace(b"METHOD:REPLY", b"METHOD:COUNTER").replace(b":20300107T090000", b":20300108T170000")
    assert await comes(delegated) == ["taken"]
    assert await comes(countered) == ["taken", "taken"]
    assert await said(service) == [(1, "delegated", ""), (2, "countered", "")]
    assert told.meeting is not None
    long = told.meeting.ends_at - told.meeting.starts_at
    begins = datetime(2030, 1, 8, 16, tzinfo=UTC)
    proposed = (await service.outgoing(InvitationReplied))[-1]
    assert (proposed.starts_at, proposed.ends_at) == (begins, begins + long)
    assert "jan@example.org" not in str(await service.rows("outbox"))


def imap(inbox, tmp_path, **values):
    login = {"reply_imap_user": "rsvp", "reply_imap_password": "tajne", "reply_imap_tls": "none", **values}
    server = {"reply": "imap", "reply_address": "rsvp@osiedle.example", "reply_imap_host": "127.0.0.1"}
    return ImapMailbox(Settings(**quiet(data=tmp_path, reply_imap_port=inbox.port, **server, **login)))


async def test_an_inbox_on_a_mail_server_is_read_once(service, told, organizer, tmp_path):
    mails = (ewas(organizer=organizer), b"x" * (LARGEST_MAIL + 100), b"Subject: Dzien dobry\r\n\r\nTak.")
    with Inbox(*mails) as inbox:
        await read_replies(service.database, imap(inbox, tmp_path))
        assert inbox.seen == {1, 2, 3}
        assert not [command for command in inbox.commands if "UID FETCH 2 (BODY" in command]
        await read_replies(service.database, imap(inbox, tmp_path))
    assert [one.answer for one in await answered(service)] == ["yes"]
    outcomes = [row.outcome for row in await service.rows("mail_reply", order_by="id")]
    assert outcomes == ["taken", "too_large", "no_calendar"]


async def test_a_mailbox_that_is_away_or_refuses_us_is_told_without_the_password(service, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    with Inbox() as inbox:
        wrong = imap(inbox, tmp_path, reply_imap_password="inne-tajne")
        with pytest.raises(MailboxAway):
            await wrong.unread(1, 100)
        await read_replies(service.database, wrong)
    await read_replies(service.database, imap(inbox, tmp_path))
    assert caplog.text.count("cannot be read") == 2
    assert "tajne" not in caplog.text


@pytest.mark.parametrize("values", [{"reply": "console"}, {"reply": "imap", "reply_address": "rsvp@osiedle.example"}])
def test_a_mailbox_that_could_never_work_is_refused_at_the_start(tmp_path, values):
    with pytest.raises(ValueError, match="OSIEDLE_REPLY"):
        Settings(**quiet(data=tmp_path, **values))
