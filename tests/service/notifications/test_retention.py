"""Notifications forgets alerts, deliveries, mails and keys when their time is over, and nothing else."""

import os
from datetime import datetime, timedelta
from typing import Any

from services.notifications.models import Alert, AlertEvent, Delivery, History, KnownApiKey
from shared import clock
from shared.identifiers import new_id
from tests.aging import add, all_rows, counts, forget, gone_from
from tests.harness import Running

DAY = timedelta(days=1)
NOW = clock.now()
OLD, YOUNG = NOW - 366 * DAY, NOW - 364 * DAY


def an_alert(at: datetime, **values: Any) -> Alert:
    one = new_id()
    plain = {"kind": "event_moved", "subject_kind": "event", "zone": "Europe/Warsaw", "url": "/", "cause_version": 1}
    lists: dict[str, Any] = {"event_ids": [], "event_titles": [], "reason": {}, "details": {}}
    ids = {"id": new_id(), "cause_id": new_id(), "organisation_id": one, "recipient_id": one}
    return Alert(**{**plain, **lists, **ids, "starts_at": at, "ends_at": at, "created_at": at, **values})


def a_delivery(alert: Alert, at: datetime, state: str) -> Delivery:
    return Delivery(
        alert_id=alert.id, person_id=new_id(), channel="mail", state=state, due_at=at, created_at=at, sent_at=None
    )


async def test_an_old_alert_goes_with_all_that_belongs_to_it(service_running: Running) -> None:
    old, young = an_alert(OLD), an_alert(YOUNG)
    more = [AlertEvent(event_id=new_id(), alert_id=one.id) for one in (old, young)]
    await add(service_running, old, young, *more, a_delivery(old, OLD, "sent"), a_delivery(young, YOUNG, "sent"))
    before = await all_rows(service_running)
    assert counts(await forget(service_running, NOW, dry_run=True)) == {"alerts": 1, "deliveries": 1}
    assert await all_rows(service_running) == before
    assert counts(await forget(service_running, NOW)) == {"alerts": 1, "deliveries": 1}
    assert gone_from(before, await all_rows(service_running)) == {"alert": 1, "alert_event": 1, "delivery": 1}
    assert [row.id for row in await service_running.rows("alert")] == [young.id]


async def test_what_is_still_on_its_way_stays(service_running: Running) -> None:
    alert = an_alert(OLD)
    await add(service_running, alert, a_delivery(alert, OLD, "due"))
    assert counts(await forget(service_running, NOW)) == {}


async def test_deliveries_can_be_kept_shorter_than_alerts(service_running: Running) -> None:
    alert = an_alert(NOW - 40 * DAY)
    await add(service_running, alert, a_delivery(alert, NOW - 40 * DAY, "given_up"))
    before = await all_rows(service_running)
    assert counts(await forget(service_running, NOW, days={"deliveries": 30})) == {"deliveries": 1}
    assert gone_from(before, await all_rows(service_running)) == {"delivery": 1}


async def test_history_and_keys_go_by_their_age(service_running: Running) -> None:
    def a_change(at: datetime) -> History:
        return History(
            aggregate="wishes", aggregate_id=new_id(), version=1, action="changed", reason="", changes={}, at=at
        )

    def a_key(over_at: datetime) -> KnownApiKey:
        facts = {"administrator": False, "neighbourhood_coordinator": False, "roles": {}, "scopes": []}
        return KnownApiKey(
            id=new_id(), version=1, kind="feed", secret_hash="h", person_id=new_id(), expires_at=over_at, **facts
        )

    rows = [a_change(NOW - 1826 * DAY), a_change(NOW - 1824 * DAY), a_key(NOW - 401 * DAY), a_key(NOW - 399 * DAY)]
    await add(service_running, *rows)
    before = await all_rows(service_running)
    assert counts(await forget(service_running, NOW)) == {"history": 1, "api_keys": 1}
    assert gone_from(before, await all_rows(service_running)) == {"history": 1, "known_api_key": 1}


async def test_mails_that_were_kept_as_files_go_after_thirty_days(service_running: Running) -> None:
    folder = service_running.app.state.settings.data / "mail"
    folder.mkdir(parents=True)
    for name, at in (("old.eml", NOW - 31 * DAY), ("young.eml", NOW - 29 * DAY), ("old.part", NOW - 31 * DAY)):
        (folder / name).write_text("x")
        os.utime(folder / name, (at.timestamp(), at.timestamp()))
    assert counts(await forget(service_running, NOW, dry_run=True)) == {"mails": 1}
    assert counts(await forget(service_running, NOW)) == {"mails": 1}
    assert sorted(os.listdir(folder)) == ["old.part", "young.eml"]
