"""Types live side by side: a new version joins the old one, and what nobody knows yet stops nobody."""

from typing import ClassVar

import nats

from shared import envelope, outbox
from shared.messages import TYPES
from shared.messages.registry import ProblemNamed
from tests.system.bus.eventually import eventually
from tests.system.bus.tiny import hear


class ProblemNamedV2(ProblemNamed):
    """A problem got a name, and says how bad it is: so it cannot be the first version."""

    type: ClassVar[str] = "registry.problem.named.v2"

    severity: int


def tell_both(session, problem_id):
    first = ProblemNamed(id=problem_id, version=1, title="Kałuża", url="/registry/problems")
    outbox.publish(session, first, ProblemNamedV2(**first.model_dump(), severity=3))


def hear_severity(session, message):
    hear(session, message.model_copy(update={"title": f"{type(message).__name__} {message.severity}"}))


async def test_an_old_listener_hears_the_first_version_and_a_new_one_the_second(nats_server, make):
    """Fails when a listener takes the whole stream (the old one gets v2 as well), or opens the global list only."""
    teller, old, new = make("registry"), make("map"), make("calendar")
    old.bus.hears(ProblemNamed, hear)
    new.bus.hears(ProblemNamedV2, hear_severity)
    for service in (teller, old, new):
        await service.start()
    for number in range(20):
        await teller.database.write(tell_both, f"p{number}")
    expected = sorted((f"p{number}", 1) for number in range(20))
    for listener, what in ((old, "Kałuża"), (new, "ProblemNamedV2 3")):
        await eventually(lambda listener=listener: _has_heard(listener, expected))
        assert await listener.words() == {what}
        assert await listener.bus.decisions.waiting() == []
        assert listener.bus.pipeline.taken == 20
    assert "registry.problem.named.v2" not in TYPES


async def test_a_version_that_nobody_knows_is_set_aside_and_nobody_stops(nats_server, make):
    """Fails when an unknown type ends the pull, is tried eight times, or is dropped without a word."""
    teller, listener = make("registry"), make("map")
    listener.bus.hears(ProblemNamed, hear)
    await listener.start()
    await teller.start()
    await teller.database.write(tell_both, "before")
    await eventually(lambda: _has_heard(listener, [("before", 1)]))
    await _publish_version_nine(teller, nats_server.url)
    await teller.database.write(tell_both, "after")
    await eventually(lambda: _has_heard(listener, [("after", 1), ("before", 1)]))
    [row] = await listener.bus.decisions.waiting()
    assert row.error == "Nobody knows the type 'registry.problem.named.v9', only registry.problem.named.v1."
    assert row.attempts == 1


async def _publish_version_nine(teller, url):
    login = teller.bus._settings.bus_login("registry")
    client = await nats.connect(url, **login, inbox_prefix="_INBOX_registry", allow_reconnect=False)
    headers = {"ce-specversion": "1.0", "ce-id": "9", "ce-source": "/osiedle/registry", "ce-subject": "nine"}
    headers |= {"ce-type": "registry.problem.named.v9", "ce-time": "2026-11-23T12:00:00+00:00"}
    await client.jetstream().publish(
        "osiedle.registry.problem.named.v1.nine", b'{"id": "nine", "version": 1}', headers=envelope.encoded(headers)
    )
    await client.close()


async def _has_heard(listener, expected):
    return sorted(await listener.heard()) == expected
