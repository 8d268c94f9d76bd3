"""Mail: whom it reaches, in which language, and what happens when it cannot leave."""

import asyncio
import re
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from services.notifications import commands, jobs
from services.notifications.domain.plans import PushPlan, WebhookPlan
from services.notifications.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.mail import Letter, SmtpMail
from shared.messages import calendar
from shared.people import Person
from tests.builders import a_person, an_administrator
from tests.harness import quiet
from tests.service.notifications.builders import a_conflict, a_person_of, an_organisation, the_same


class Refusing:
    """A mail server that takes nothing until it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        if not self.mended:
            raise OSError("the mail server is away")
        self.letters.append(letter)


async def test_each_person_reads_the_mail_in_their_own_language(service_running, letters):
    one, other = an_organisation(name="Klub"), an_organisation(name="School")
    anna = a_person_of(one.id, name="Anna Żółć", email="anna@example.org", language="pl")
    john = a_person_of(other.id, name="John Smith", email="john@example.org", language="en")
    await service_running.deliver(one, other, anna, john, a_conflict(organisation_ids=(one.id, other.id)))

    found = {letter["To"].addresses[0].addr_spec: letter for letter in await letters()}

    assert set(found) == {"anna@example.org", "john@example.org"}
    polish = found["anna@example.org"].get_body(("plain",)).get_content()
    english = found["john@example.org"].get_body(("plain",)).get_content()
    assert "Dzień dobry, Anna Żółć!" in polish
    assert "Kiedy: czwartek, 26 listopada 2026, 14:00–16:00." in polish
    assert "Hello John Smith," in english
    assert "http://osiedle.test/calendar/conflicts/c" in english
    assert found["john@example.org"]["Subject"] == "A conflict for “Festyn”."
    assert found["anna@example.org"]["Auto-Submitted"] == "auto-generated"
    html = found["anna@example.org"].get_body(("html",)).get_content()
    assert '<a href="http://osiedle.test/calendar/conflicts/c">' in html


async def test_what_is_due_at_the_same_time_comes_in_one_letter(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    told = [a_conflict(organisation_ids=(organisation_id,)) for _ in range(3)]
    accepted = the_same(told[0], calendar.ConflictAccepted, accepted_because="Zmieścimy się.")
    await service_running.deliver(person, *told, accepted)

    [letter] = await letters()

    assert letter["Subject"].endswith("I jeszcze 2 powiadomienia")
    assert "Zmieścimy się." in letter.get_body(("plain",)).get_content()
    states = [row.state for row in await service_running.rows("delivery", order_by="id")]
    assert states == ["overtaken", "sent", "sent", "sent"]


async def test_a_flood_of_alerts_makes_one_short_letter(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, *(a_conflict(organisation_ids=(organisation_id,)) for _ in range(75)))

    [letter] = await letters()

    content = letter.get_body(("plain",)).get_content()
    assert content.count("/calendar/conflicts/c") == 20
    assert "I jeszcze 55 powiadomień czeka na Twojej stronie." in content


async def test_a_letter_is_sent_once(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))

    assert len(await letters()) == 1
    assert len(await letters()) == 1


@pytest.mark.parametrize(
    ("kind", "severity", "count"),
    [
        ("audience", "information", 0),
        ("audience", "warning", 1),
        ("venue", "information", 1),
        ("calendar", "information", 0),
    ],
)
async def test_mere_information_about_audiences_disturbs_nobody(
    service_running, alerts, letters, kind, severity, count
):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,), kind=kind, severity=severity))

    assert len(await letters()) == count
    assert len(await alerts(an_administrator())) == count


async def test_who_was_warned_hears_that_it_is_mere_information_now(service_running, alerts):
    person = a_person_of(organisation_id := new_id())
    conflict = a_conflict(organisation_ids=(organisation_id,), kind="audience", severity="warning")
    milder = the_same(conflict, calendar.ConflictChanged, severity="information")
    await service_running.deliver(person, conflict, milder)

    assert [one["kind"] for one in await alerts(an_administrator())] == ["conflict_changed", "conflict_detected"]


async def test_line_breaks_that_people_typed_do_not_keep_a_letter_back(service_running, letters):
    person = a_person_of(organisation_id := new_id(), name="Anna\nKowalska")
    conflict = a_conflict(organisation_ids=(organisation_id,), event_titles=("Festyn\r\nBcc: x@example.org", "Koncert"))
    await service_running.deliver(person, conflict)

    [letter] = await letters()

    assert letter["To"].addresses[0].display_name == "Anna Kowalska"
    assert letter["Bcc"] is None
    assert "Festyn Bcc: x@example.org" in letter["Subject"]


async def test_who_has_no_address_gets_no_letter(service_running, alerts, letters):
    person = a_person_of(organisation_id := new_id(), email=None)
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))

    assert await letters() == []
    assert [row.state for row in await service_running.rows("delivery")] == ["given_up"]


async def test_what_cannot_leave_is_tried_again_later_and_then_given_up(service_running, tmp_path):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=0.0, tries=3))
    server = Refusing()

    await jobs.send_due(settings, service_running.database, server)

    [row] = await service_running.rows("delivery")
    assert (row.state, row.attempts) == ("given_up", 3)
    assert row.error == "OSError: the mail server is away"


async def test_a_failed_letter_waits_before_it_is_tried_again(service_running, tmp_path):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=0.3))
    server = Refusing()

    await jobs.send_due(settings, service_running.database, server)
    server.mended = True
    await jobs.send_due(settings, service_running.database, server)
    assert server.letters == []
    [row] = await service_running.rows("delivery")
    assert row.due_at - clock.now() < timedelta(seconds=0.3)
    await asyncio.sleep(0.35)
    await jobs.send_due(settings, service_running.database, server)

    assert len(server.letters) == 1
    [row] = await service_running.rows("delivery")
    assert (row.state, row.attempts, row.error) == ("sent", 2, None)


async def test_deliveries_are_listed_for_administrators_only(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    await letters()
    address = "/notifications/api/v1/deliveries"

    allowed = await service_running.client.get(address, headers=service_running.headers(an_administrator()))
    refused = await service_running.client.get(address, headers=service_running.headers(a_person()))

    [delivery] = allowed.json()["items"]
    assert (delivery["person_id"], delivery["state"], delivery["channel"]) == (person.id, "sent", "mail")
    assert person.email not in allowed.text
    assert refused.status_code == 403


async def test_the_operator_reads_why_a_letter_was_given_up_and_has_it_tried_again(service_running, tmp_path, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    settings = Settings(**quiet(data=tmp_path, first_delay_seconds=0.0, tries=1))
    await jobs.send_due(settings, service_running.database, Refusing())

    async with service_running.browser(an_administrator()) as browser:
        page = await browser.get("/notifications/deliveries")
        action = re.search(r'action="(/notifications/deliveries/[^"]+/retry)"', page.text)[1]
        answer = await browser.post(action)
        after = await browser.get(answer.headers["location"])
    async with service_running.browser(a_person()) as browser:
        refused = await browser.get("/notifications/deliveries")

    assert "OSError: the mail server is away" in page.text
    assert "Nowa kolizja" in page.text
    assert person.email not in page.text
    assert "/retry" not in after.text
    assert refused.status_code == 403
    assert len(await letters()) == 1


async def test_a_letter_that_was_sent_is_not_sent_again_by_a_retry(service_running, letters):
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person, a_conflict(organisation_ids=(organisation_id,)))
    await letters()
    [row] = await service_running.rows("delivery")
    headers = service_running.headers(an_administrator())
    address = "/notifications/api/v1/deliveries"

    answer = await service_running.client.post(f"{address}/{row.id}/retry", headers=headers)
    unknown = await service_running.client.post(f"{address}/{new_id()}/retry", headers=headers)

    assert (answer.status_code, answer.json()["state"], unknown.status_code) == (200, "sent", 404)
    assert len(await letters()) == 1


async def test_mail_leaves_by_smtp_when_the_operator_chose_so(tmp_path):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    controller = Controller(Mailbox(tmp_path / "box"), hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        post = SmtpMail(Settings(**quiet(data=tmp_path, mail="smtp", smtp_port=port)))
        await post.send(
            Letter("k", "Łukasz Żak", "lukasz@example.org", "Kolizja „Festyn”", "Treść", "<p>Treść</p>", "pl")
        )
    finally:
        controller.stop()

    [file] = list((tmp_path / "box" / "new").iterdir())
    assert b"Message-ID: <k@example.org>" in file.read_bytes()
    assert b"lukasz@example.org" in file.read_bytes()


async def test_the_operator_sees_each_channel_with_what_was_given_up_and_the_last_day(service_running, letters):
    person = a_person_of(organisation_id := new_id(), email=None)
    await service_running.deliver(an_organisation(id=organisation_id), person)
    hook = WebhookPlan(url="https://example.org/alerts", kinds=(), organisation_id=organisation_id)
    webhook = await service_running.database.write(commands.make_webhook, by=an_administrator(), plan=hook)
    await service_running.database.write(
        commands.add_push_address,
        by=Person(id=person.id, roles={organisation_id: "coordinator"}),
        plan=PushPlan("ntfys://ntfy.sh/geheim", "pl"),
        schemes={"ntfys"},
    )
    await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
    await letters()
    async with service_running.browser(an_administrator()) as browser:
        given_up = await browser.get("/notifications/deliveries")
        hooks = await browser.get("/notifications/deliveries?channel=webhook&state=due")
        pushes = await browser.get("/notifications/deliveries?channel=push&state=due")
        unknown = await browser.get("/notifications/deliveries?channel=pigeon")

    assert "no address" in given_up.text
    assert "w ostatniej dobie: 1" in given_up.text
    assert f"/notifications/webhooks/{webhook.id}" in hooks.text
    assert "Nowa kolizja" in pushes.text
    assert "geheim" not in pushes.text
    assert unknown.status_code == 422
