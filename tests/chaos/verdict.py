"""The comparison of the three ledgers: what callers were answered, the producer's database, the listener's database.

Of the order within an aggregate this is guaranteed, and compared:

* In the stream the versions of an aggregate ascend, by the place under which each took effect.
* What is certain to come for the first time takes effect in that order, with two replicas too, of which one hears at a
  time. What may have come before (the process that had it in hand was killed) can take effect after newer ones.
* A copy that ignores what is older than it knows ends at the newest version, whatever came again.

Forty to sixty kills on SQLite were seen to end in these verdicts, with one naive change each:

* rows are marked as published before the stream acknowledged them: lost;
* the listener acknowledges a message before its effect is committed: lost;
* the inbox row is written and not looked at: doubled;
* callers, the listener among them, are answered before the COMMIT: lost.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx
from sqlalchemy import create_engine, func, select

from tests.chaos.ledgers import Aggregate, Copy, Effect, Fact
from tests.chaos.roles import ACKNOWLEDGED, Place
from tests.system.bus.tiny import Inbox, Outbox, SetAside


@dataclass
class Ledgers:
    """What was read once from everywhere; rows have the names of their columns."""

    acknowledged: Sequence[str]
    facts: Sequence[Any]
    aggregates: Sequence[Any]
    outbox: Sequence[Any]
    effects: Sequence[Any]
    copies: Sequence[Any]
    inbox: int
    set_aside: Sequence[Any]
    pending: int


def read_ledgers(place: Place, monitoring_url: str) -> Ledgers:
    """Read everything; nothing must be writing."""
    registry, map_ = _both(place)
    columns = (Outbox.headers, Outbox.published_at, Outbox.position)
    return Ledgers(
        acknowledged=(place.data / ACKNOWLEDGED).read_text().split(),
        facts=registry(select(Fact.call, Fact.of, Fact.id, Fact.version)),
        aggregates=registry(select(Aggregate.id, Aggregate.version)),
        outbox=registry(select(*columns).order_by(Outbox.position)),
        effects=map_(select(*Effect.__table__.columns).order_by(Effect.position)),
        copies=map_(select(Copy.id, Copy.version)),
        inbox=map_(select(func.count()).select_from(Inbox))[0][0],
        set_aside=map_(select(SetAside.subject, SetAside.error, SetAside.state)),
        pending=pending(monitoring_url),
    )


def unheard(place: Place) -> int:
    """Count the messages that are committed and have no effect yet."""
    registry, _ = _both(place)
    return int(registry(select(func.count()).select_from(Outbox))[0][0]) - count_effects(place)


def count_effects(place: Place) -> int:
    """Count what has been heard."""
    _, map_ = _both(place)
    return int(map_(select(func.count()).select_from(Effect))[0][0])


def unfinished(place: Place, monitoring_url: str) -> int:
    """Count what is left to do: rows to be told, messages to be delivered or acknowledged."""
    registry, _ = _both(place)
    waiting = registry(select(func.count()).select_from(Outbox).where(Outbox.published_at.is_(None)))
    return waiting[0][0] + pending(monitoring_url)


def pending(monitoring_url: str) -> int:
    """Ask the server how many messages its consumers have not had, or had and not acknowledged."""
    return waiting_in(httpx.get(f"{monitoring_url}/jsz", params={"consumers": "true", "accounts": "true"}).json())


def waiting_in(told: dict[str, Any]) -> int:
    """Count the same in what a server told of its streams."""
    streams = [stream for account in told.get("account_details", ()) for stream in account.get("stream_detail", ())]
    consumers = [consumer for stream in streams for consumer in stream.get("consumer_detail") or ()]
    assert consumers, f"the server knows of no consumer: {told}"
    return sum(consumer["num_pending"] + consumer["num_ack_pending"] for consumer in consumers)


def _both(place: Place) -> tuple[Callable[[Any], Sequence[Any]], Callable[[Any], Sequence[Any]]]:
    """Give what reads the registry's database, and what reads the map's."""
    return _rows(place.url_of("registry")), _rows(place.url_of("map"))


def _rows(url: str) -> Callable[[Any], Sequence[Any]]:
    engine = create_engine(url)

    def rows(statement: Any) -> Sequence[Any]:
        with engine.connect() as connection:
            found = connection.execute(statement).all()
        engine.dispose()
        return found

    return rows


@dataclass
class Verdict:
    """What is not as it must be, by kind; each entry names one case."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [f"{kind}: {case}" for kind, cases in vars(self).items() for case in cases]

    def __str__(self) -> str:
        return ", ".join(f"{kind.replace('_', ' ')} {len(cases)}" for kind, cases in vars(self).items())


def judge(it: Ledgers) -> Verdict:
    """Compare the ledgers."""
    verdict = Verdict()
    _judge_calls(it, verdict)
    _judge_messages(it, verdict)
    verdict.stuck += [f"{row.headers['ce-id']} waits in the outbox" for row in it.outbox if row.published_at is None]
    verdict.stuck += [f"{row.subject} is set aside: {row.error}" for row in it.set_aside if row.state == "waiting"]
    if it.pending:
        verdict.stuck.append(f"{it.pending} messages wait at the consumer")
    _judge_order(it, verdict)
    return verdict


def _judge_calls(it: Ledgers, verdict: Verdict) -> None:
    """A call that was answered is committed, once and whole; one whose answer was lost perhaps, but not twice."""
    made = Counter(fact.call for fact in it.facts)
    asked = {fact.call: fact.of for fact in it.facts}
    verdict.lost += [f"the call {call} was answered and is not there" for call in set(it.acknowledged) - set(made)]
    verdict.lost += [f"half of the call {call} is missing" for call in made if made[call] < asked[call]]
    verdict.doubled += [f"the call {call} has {made[call]} facts" for call in made if made[call] > asked[call]]


def _judge_messages(it: Ledgers, verdict: Verdict) -> None:
    """A fact has one message, a message one effect, and nothing else has any."""
    facts = Counter((fact.id, fact.version) for fact in it.facts)
    told = Counter((row.headers["ce-subject"], int(row.headers["ce-sequence"])) for row in it.outbox)
    effects = Counter((effect.id, effect.version) for effect in it.effects)
    verdict.lost += [f"{key} was committed and not told" for key in facts - told]
    verdict.lost += [f"{key} was told and not heard" for key in told - effects]
    verdict.doubled += [f"{key} was told and not committed, or told twice" for key in told - facts]
    verdict.doubled += [f"{key} took effect too often, or was never told" for key in effects - told]
    if it.inbox != len(it.effects):
        verdict.doubled.append(f"{it.inbox} messages were noted as heard, and {len(it.effects)} took effect")


def _judge_order(it: Ledgers, verdict: Verdict) -> None:
    in_stream = _by_aggregate(sorted(it.effects, key=lambda effect: effect.sequence))
    verdict.out_of_order += [f"in the stream {case}" for case in _descents(in_stream)]
    fresh = _by_aggregate(effect for effect in it.effects if not effect.again)
    verdict.out_of_order += [f"at the listener {case}" for case in _descents(fresh)]
    copies = {copy.id: copy.version for copy in it.copies}
    for aggregate in it.aggregates:
        if copies[aggregate.id] != aggregate.version:
            case = f"the copy of {aggregate.id} ends at {copies[aggregate.id]}, not at {aggregate.version}"
            verdict.out_of_order.append(case)


def _by_aggregate(effects: Iterable[Any]) -> dict[str, list[int]]:
    versions: dict[str, list[int]] = defaultdict(list)
    for effect in effects:
        versions[effect.id].append(effect.version)
    return versions


def _descents(versions: dict[str, list[int]]) -> Iterable[str]:
    for id, listed in versions.items():
        for before, after in pairwise(listed):
            if after < before:
                yield f"{id} has {after} after {before}"
