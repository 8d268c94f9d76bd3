"""Alerts go to programs by webhook: signed, once for each news, again after failures, and to nothing inside."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifications.app import create_app
from services.notifications.clients import Receivers
from services.notifications.jobs.posting import post_due
from services.notifications.settings import Settings
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import ConflictResolved
from shared.messages.registry import PersonErased
from tests.aging import counts, forget
from tests.builders import a_coordinator, a_person, an_administrator
from tests.harness import Running, quiet, running
from tests.service.notifications.builders import a_conflict, a_person_of, an_event, an_organisation, the_same
from tests.service.notifications.receivers import Receiver

API = "/notifications/api/v1/webhooks"
HOUR = timedelta(hours=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def quick() -> Iterator[Receiver]:
    quick = Receiver()
    yield quick
    quick.close()


@pytest.fixture
async def it(database_url: str, tmp_path: Path, receiver: Receiver, quick: Receiver) -> AsyncIterator[Running]:
    """Run notifications where the operator lets webhooks go to these two receivers."""
    hosts = f"{receiver.host}, {quick.host}"
    values = quiet(database_url=database_url, data=tmp_path, webhook_http=True, webhook_hosts=hosts)
    async with running(create_app, Settings(**values, webhook_seconds=20.0)) as service:
        yield service


class Owner:
    """Somebody who manages webhooks, with an organisation of their own."""

    def __init__(self, it: Running, receiver: Receiver) -> None:
        self.it, self.receiver = it, receiver
        self.organisation = an_organisation()
        self.person = a_coordinator(self.organisation.id)

    async def ask(self, method: str, path: str = "", **options: Any) -> Any:
        headers = self.it.headers(self.person) | options.pop("headers", {})
        return await self.it.client.request(method, f"{API}{path}", headers=headers, **options)

    async def made(self, **values: Any) -> dict[str, Any]:
        body = {"organisation_id": self.organisation.id, "url": self.receiver.url, **values}
        answer = await self.ask("POST", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def told(self, **values: Any) -> Any:
        conflict = a_conflict(organisation_ids=(self.organisation.id,), **values)
        await self.it.deliver(conflict)
        return conflict

    async def deliveries(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.ask("GET", f"/{webhook['id']}/deliveries")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def webhook(self, webhook: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.ask("GET", f"/{webhook['id']}")).json())

    async def post(self, receivers: Receivers | None = None) -> None:
        if receivers is None:
            await self.it.run_job("post due webhooks")
        else:
            await post_due(self.it.app.state.settings, self.it.database, receivers)


@pytest.fixture
async def owner(it: Running, receiver: Receiver) -> Owner:
    owner = Owner(it, receiver)
    await it.deliver(owner.organisation)
    return owner


class Later:
    """The one clock, put forward; put back, so that tokens hold."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch, self._now, self._gone = monkeypatch, clock.now, timedelta()

    def __call__(self, by: timedelta) -> None:
        self._gone += by
        self._monkeypatch.setattr(clock, "now", lambda: self._now() + self._gone)

    def back(self) -> None:
        self._monkeypatch.setattr(clock, "now", self._now)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


async def test_an_alert_comes_signed_with_codes_and_a_sentence_and_of_no_person(owner: Owner, receiver: Receiver):
    people = [a_person_of(owner.organisation.id, name=name) for name in ("Anna Kowalska", "Jan Nowak")]
    await owner.it.deliver(*people)
    webhook = await owner.made(language="en")
    conflict = await owner.told()
    await owner.post()

    [body] = receiver.bodies(webhook["secret"])
    assert body["type"] == "alert.conflict_detected"
    assert body["data"]["text"].startswith("A conflict for “Festyn”.")
    assert body["data"]["reason"]["code"] == "venue_shared"
    assert body["data"]["organisation_id"] == owner.organisation.id
    assert body["data"]["event_ids"] == list(conflict.event_ids)
    assert body["data"]["url"] == "http://osiedle.test/calendar/conflicts/c"
    sent = receiver.taken[0][1].decode()
    for person in people:
        assert person.id not in sent
        assert person.name not in sent
        assert str(person.email) not in sent
    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["id"]) == ("sent", receiver.taken[0][0]["webhook-id"])
    assert [(one["status"], one["error"]) for one in delivery["tries"]] == [(204, None)]


async def test_the_sentence_is_in_the_language_of_the_webhook(owner: Owner, receiver: Receiver):
    webhook = await owner.made()
    await owner.told()
    await owner.post()
    [body] = receiver.bodies(webhook["secret"])
    assert body["data"]["text"].startswith("Kolizja: „Festyn”.")


async def test_a_secret_is_shown_once(owner: Owner):
    key = {"Idempotency-Key": "k"}
    body = {"organisation_id": owner.organisation.id, "url": owner.receiver.url}
    first = await owner.ask("POST", json=body, headers=key)
    again = await owner.ask("POST", json=body, headers=key)

    assert first.json()["secret"].startswith("whsec_")
    assert again.json() == {**first.json(), "secret": None}
    shown = await owner.ask("GET")
    assert [one["id"] for one in shown.json()["items"]] == [first.json()["id"]]
    assert "secret" not in shown.text


async def test_only_chosen_kinds_come_and_what_is_told_twice_comes_once(owner: Owner, receiver: Receiver):
    webhook = await owner.made(kinds=["conflict_resolved"])
    conflict = await owner.told()
    resolved = the_same(conflict, ConflictResolved, resolved_by="moved")
    await owner.it.deliver(resolved)
    await owner.it.deliver(a_person_of(owner.organisation.id), resolved)
    await owner.post()

    assert [one["type"] for one in receiver.bodies(webhook["secret"])] == ["alert.conflict_resolved"]


async def test_who_joins_before_it_is_posted_takes_nothing_away(owner: Owner, receiver: Receiver):
    """The alert of an organisation without people becomes that of its first person."""
    webhook = await owner.made()
    await owner.told()
    await owner.it.deliver(a_person_of(owner.organisation.id))
    await owner.post()
    await owner.post()

    assert len(receiver.bodies(webhook["secret"])) == 1


async def test_another_organisations_alerts_do_not_come_but_administrators_get_all(owner: Owner, receiver: Receiver):
    own = await owner.made()
    neighbour = an_organisation()
    await owner.it.deliver(neighbour, a_conflict(organisation_ids=(neighbour.id,)))
    await owner.post()
    assert receiver.taken == []

    owner.person = an_administrator()
    everything = await owner.made(organisation_id=None)
    await owner.told()
    await owner.it.deliver(a_conflict(organisation_ids=(neighbour.id,)))
    await owner.post()
    assert len(await owner.deliveries(own)) == 1
    assert len(await owner.deliveries(everything)) == 2
    assert len(receiver.taken) == 3


async def test_what_somebody_follows_goes_to_no_webhook(owner: Owner, receiver: Receiver):
    admin = an_administrator()
    await owner.it.deliver(a_person_of(id=admin.id))
    await owner.it.client.post(
        "/notifications/api/v1/topics",
        json={"kind": "audience", "value": "seniors"},
        headers=owner.it.headers(admin),
    )
    owner.person = admin
    await owner.made(organisation_id=None)
    tomorrow = clock.now() + timedelta(days=1)
    await owner.it.deliver(an_event(audiences=("seniors",), starts_at=tomorrow, ends_at=tomorrow + HOUR))
    await owner.post()

    assert len(await owner.it.rows("alert")) == 1
    assert receiver.taken == []
    refused = await owner.ask("POST", json={"url": receiver.url, "kinds": ["event_planned"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/kinds")


async def test_a_receiver_that_fails_gets_it_again_under_the_same_id(owner: Owner, receiver: Receiver, later: Later):
    receiver.statuses, receiver.text = [500, 200], b"broken \x00 " + b"x" * 500
    webhook = await owner.made()
    await owner.told()
    await owner.post()
    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["attempts"], delivery["error"]) == ("due", 1, "status 500")
    await owner.post()
    assert len(receiver.taken) == 1

    later(timedelta(seconds=6))
    await owner.post()
    later.back()
    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["attempts"], delivery["error"]) == ("sent", 2, None)
    assert [one["status"] for one in delivery["tries"]] == [500, 200]
    assert delivery["tries"][0]["answer"].startswith("broken")
    assert len(delivery["tries"][0]["answer"]) == 300
    receiver.bodies(webhook["secret"])
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1


async def test_a_receiver_that_is_gone_is_never_posted_to_again_and_its_owner_is_told(owner: Owner, receiver: Receiver):
    receiver.statuses = [410]
    person = a_person_of(owner.organisation.id)
    await owner.it.deliver(person)
    webhook = await owner.made()
    await owner.told()
    await owner.told()
    await owner.post()

    assert len(receiver.taken) == 1
    shown = await owner.webhook(webhook)
    assert (shown["active"], shown["disabled_because"]) == (False, "gone")
    assert {one["state"] for one in await owner.deliveries(webhook)} == {"given_up"}
    headers = owner.it.headers(a_coordinator(owner.organisation.id, id=person.id)) | {"Accept-Language": "pl"}
    answer = await owner.it.client.get("/notifications/api/v1/alerts?kind=webhook_disabled", headers=headers)
    [alert] = answer.json()["items"]
    assert "127.0.0.1" in alert["text"]
    await owner.told()
    await owner.post()
    assert len(receiver.taken) == 1


async def test_after_three_days_of_failures_a_webhook_is_turned_off_and_its_maker_told(
    owner: Owner, receiver: Receiver, later: Later
):
    owner.person = an_administrator()
    receiver.statuses = [503]
    webhook = await owner.made(organisation_id=None)
    await owner.told()
    for _ in range(20):
        await owner.post()
        later(27 * HOUR)
    later.back()

    assert len(receiver.taken) == 10
    shown = await owner.webhook(webhook)
    assert (shown["active"], shown["disabled_because"]) == (False, "failing")
    told = [row for row in await owner.it.rows("alert") if row.kind == "webhook_disabled"]
    assert [(row.person_id, row.organisation_id) for row in told] == [(owner.person.id, None)]


async def test_one_message_that_is_never_taken_does_not_turn_off_what_takes_others(
    owner: Owner, receiver: Receiver, later: Later
):
    receiver.statuses = [400]
    webhook = await owner.made()
    await owner.told()
    for _ in range(8):
        await owner.post()
        later(27 * HOUR)
    await owner.post()
    receiver.statuses = [204]
    await owner.told()
    await owner.post()
    receiver.statuses = [400]
    later(27 * HOUR)
    await owner.post()
    later.back()

    first, second = await owner.it.rows("webhook_delivery", order_by="id")
    assert (first.state, first.attempts, second.state) == ("given_up", 10, "sent")
    assert (await owner.webhook(webhook))["active"] is True


async def test_a_slow_receiver_is_not_waited_for_for_ever(owner: Owner, receiver: Receiver):
    receiver.seconds = 3.0
    webhook = await owner.made()
    await owner.told()
    await owner.post(Receivers(allowed=[receiver.host], seconds=0.5))

    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["error"]) == ("due", "it took too long to answer")
    [tried] = delivery["tries"]
    assert (tried["status"], tried["milliseconds"] < 3000) == (None, True)


async def test_a_slow_receiver_holds_up_nobody(owner: Owner, receiver: Receiver, quick: Receiver):
    """It answers its first message when the other one has three: held up, the other would never have them."""
    receiver.is_ready = lambda: len(quick.taken) == 3
    slow = await owner.made()
    await owner.made(url=quick.url)
    for _ in range(3):
        await owner.told()
    await owner.post()

    assert len(quick.taken) == 3
    assert [(one["state"], one["attempts"]) for one in await owner.deliveries(slow)] == [("sent", 1)] * 3


async def test_a_receiver_that_is_not_there_is_tried_again(owner: Owner, receiver: Receiver):
    webhook = await owner.made()
    await owner.told()
    receiver.close()
    await owner.post()

    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["attempts"], delivery["error"]) == ("due", 1, "nobody answers there")


async def test_a_redirect_is_a_failure_and_is_not_followed(owner: Owner, receiver: Receiver):
    receiver.statuses = [307]
    webhook = await owner.made()
    await owner.told()
    await owner.post()

    [delivery] = await owner.deliveries(webhook)
    assert (delivery["state"], delivery["error"], len(receiver.taken)) == ("due", "status 307", 1)


async def test_nothing_inside_is_reached_unless_the_operator_allows_it(owner: Owner, receiver: Receiver):
    inside = Receiver()
    try:
        webhook = await owner.made(url=inside.url)
        loopback = await owner.made(url="http://127.0.0.1/alerts")
        await owner.told()
        await owner.post()
        [delivery] = await owner.deliveries(webhook)
        assert (delivery["state"], delivery["error"]) == ("due", "only the ports 80 and 443 are reached")
        [delivery] = await owner.deliveries(loopback)
        assert delivery["error"] == "this address is not on the public internet"
        assert inside.taken == []
    finally:
        inside.close()


async def test_a_test_is_sent_once_and_says_what_came_of_it(owner: Owner, receiver: Receiver):
    receiver.statuses = [500, 204]
    webhook = await owner.made()
    assert (await owner.ask("POST", f"/{webhook['id']}/test")).json()["type"] == "webhook.test"
    await owner.ask("POST", f"/{webhook['id']}/test")
    await owner.post()
    [failed] = await owner.deliveries(webhook)
    assert (failed["state"], failed["attempts"]) == ("given_up", 1)
    assert (await owner.webhook(webhook))["active"] is True

    await owner.ask("POST", f"/{webhook['id']}/test")
    await owner.post()
    assert [one["state"] for one in await owner.deliveries(webhook)] == ["sent", "given_up"]
    assert [one["type"] for one in receiver.bodies(webhook["secret"])] == ["webhook.test"] * 2
    assert (await owner.webhook(webhook))["answered_at"] is not None


async def test_one_message_is_sent_again_by_hand(owner: Owner, receiver: Receiver):
    webhook = await owner.made()
    await owner.told()
    await owner.post()
    [delivery] = await owner.deliveries(webhook)
    answer = await owner.ask("POST", f"/{webhook['id']}/deliveries/{delivery['id']}/replay")
    assert (answer.status_code, answer.json()["state"]) == (200, "due")
    await owner.post()

    assert [headers["webhook-id"] for headers, _ in receiver.taken] == [delivery["id"]] * 2
    assert (await owner.ask("POST", f"/{webhook['id']}/deliveries/{new_id()}/replay")).status_code == 404
    other = await owner.made()
    foreign = await owner.ask("POST", f"/{other['id']}/deliveries/{delivery['id']}/replay")
    assert foreign.status_code == 404


async def test_a_webhook_that_is_turned_off_sends_nothing_and_on_again_sends_what_comes(
    owner: Owner, receiver: Receiver
):
    webhook = await owner.made()
    await owner.told()
    off = await owner.ask("PATCH", f"/{webhook['id']}", json={"active": False}, headers={"If-Match": '"1"'})
    assert (off.status_code, off.json()["active"], off.headers["etag"]) == (200, False, '"2"')
    await owner.post()
    assert receiver.taken == []
    assert [one["state"] for one in await owner.deliveries(webhook)] == ["given_up"]
    assert (await owner.ask("POST", f"/{webhook['id']}/test")).json()["type"] == "urn:osiedle:problem:webhook-off"

    stale = await owner.ask("PATCH", f"/{webhook['id']}", json={"active": True}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    await owner.ask("PATCH", f"/{webhook['id']}", json={"active": True}, headers={"If-Match": '"2"'})
    await owner.told()
    await owner.post()
    assert len(receiver.bodies(webhook["secret"])) == 1


async def test_a_removed_webhook_leaves_nothing(owner: Owner, receiver: Receiver):
    webhook = await owner.made()
    await owner.told()
    await owner.post()
    assert (await owner.ask("DELETE", f"/{webhook['id']}")).status_code == 204

    for table in ("webhook", "webhook_delivery", "webhook_try"):
        assert await owner.it.rows(table) == []
    assert (await owner.ask("GET", f"/{webhook['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"url": "https://anna:x@example.org/"}, "/body/url"),
        ({"url": "https://example.org:70000/"}, "/url"),
        ({"kinds": ["event_moved"]}, "/kinds"),
        ({"kinds": ["nonsense"]}, "/body/kinds/0"),
        ({"organisation_id": new_id()}, "/organisation_id"),
    ],
)
async def test_what_cannot_be_is_refused_where_it_stands(owner: Owner, values: dict[str, Any], pointer: str):
    owner.person = an_administrator()
    body = {"organisation_id": owner.organisation.id, "url": owner.receiver.url, **values}
    answer = await owner.ask("POST", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].endswith(pointer.removeprefix("/body"))


async def test_an_organisation_has_ten_webhooks_at_most(owner: Owner):
    for _ in range(10):
        await owner.made()
    answer = await owner.ask("POST", json={"organisation_id": owner.organisation.id, "url": owner.receiver.url})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:osiedle:problem:too-many-webhooks")


async def test_members_see_no_webhooks(owner: Owner):
    webhook = await owner.made()
    owner.person = a_person(roles={owner.organisation.id: "member"})

    assert (await owner.ask("GET")).json()["items"] == []
    assert (await owner.ask("GET", f"/{webhook['id']}")).status_code == 404


async def test_what_went_by_webhooks_is_forgotten_after_thirty_days(owner: Owner):
    await owner.made()
    await owner.told()
    await owner.post()
    now = clock.now()

    assert counts(await forget(owner.it, now + timedelta(days=29))) == {}
    assert counts(await forget(owner.it, now + timedelta(days=31))) == {"webhook_deliveries": 1}
    assert await owner.it.rows("webhook_try") == []


async def test_who_made_a_webhook_is_forgotten_when_they_are_erased_and_the_webhook_goes_on(
    owner: Owner, receiver: Receiver
):
    await owner.it.deliver(a_person_of(owner.organisation.id, id=owner.person.id))
    await owner.made()
    await owner.it.deliver(PersonErased(id=owner.person.id, version=2))
    [webhook] = await owner.it.rows("webhook")
    assert webhook.made_by_id is None
    await owner.told()
    await owner.post()
    assert len(receiver.taken) == 1


async def test_a_webhook_is_made_tried_replayed_and_removed_on_pages(owner: Owner, receiver: Receiver):
    page = "/notifications/webhooks"
    async with owner.it.browser(owner.person) as browser:
        assert "Nie ma jeszcze żadnego webhooka." in (await browser.get(page)).text
        form = {"organisation_id": owner.organisation.id, "url": receiver.url, "kind": "conflict_detected"}
        made = await browser.post(page, data=form)
        [webhook] = await owner.it.rows("webhook")
        secret = made.text.partition("whsec_")[2].partition('"')[0]
        assert (webhook.kinds, webhook.language) == (["conflict_detected"], "pl")
        assert "whsec_" not in (await browser.get(page)).text
        await browser.post(f"{page}/{webhook.id}/test")
        await owner.post()
        [body] = receiver.bodies(f"whsec_{secret}")
        assert body["type"] == "webhook.test"
        shown = (await browser.get(f"{page}/{webhook.id}")).text
        assert "Wiadomość próbna: Wysłane" in shown
        assert "whsec_" not in shown
        [delivery] = await owner.it.rows("webhook_delivery")
        await browser.post(f"{page}/{webhook.id}/deliveries/{delivery.id}/replay")
        await owner.post()
        assert len(receiver.taken) == 2
        await browser.post(f"{page}/{webhook.id}/switch")
        assert "Ten webhook jest wyłączony" in (await browser.get(f"{page}/{webhook.id}")).text
        await browser.post(f"{page}/{webhook.id}/switch", data={"on": "true"})
        assert "Ten webhook jest wyłączony" not in (await browser.get(f"{page}/{webhook.id}")).text
        await browser.post(f"{page}/{webhook.id}/remove")
    assert await owner.it.rows("webhook") == []


async def test_a_page_says_what_is_wrong_with_an_address_and_keeps_what_was_typed(owner: Owner):
    async with owner.it.browser(owner.person) as browser:
        form = {"organisation_id": owner.organisation.id, "url": "example.org/alerts"}
        answer = await browser.post("/notifications/webhooks", data=form)
    assert answer.status_code == 422
    assert "To nie jest adres" in answer.text
    assert 'value="example.org/alerts"' in answer.text
