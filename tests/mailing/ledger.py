"""What the mail server wrote down, and whether everybody got what they should, once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Taken:
    """A letter that the mail server took, and when by this machine's monotonic clock."""

    at: float
    message_id: str
    recipient: str


def read(ledger: Path) -> list[Taken]:
    """Read what was taken so far; a line that is being written is left out."""
    text = ledger.read_text() if ledger.exists() else ""
    lines = text[: text.rfind("\n") + 1].splitlines()
    return [Taken(float(at), message_id, recipient) for at, message_id, recipient in map(str.split, lines)]


@dataclass(frozen=True)
class Verdict:
    """How many recipients got the letter, how often one came again, and what is wrong."""

    reached: int
    repeated: int
    """Letters that came again under the same Message-ID, by which a mail program knows them."""
    faults: list[str] = field(default_factory=list)


def judge(taken: Iterable[Taken], recipients: Iterable[str]) -> Verdict:
    """Compare the letters that were taken with those who should have got exactly one."""
    wanted, came = set(recipients), list(taken)
    ids: dict[str, set[str]] = {}
    for one in came:
        ids.setdefault(one.recipient, set()).add(one.message_id)
    faults = [f"{recipient} got nothing" for recipient in sorted(wanted - ids.keys())]
    faults += [f"{recipient} should have got nothing" for recipient in sorted(ids.keys() - wanted)]
    faults += [f"{who} got it twice, as {sorted(keys)}" for who, keys in sorted(ids.items()) if len(keys) > 1]
    holders = Counter(key for keys in ids.values() for key in keys)
    faults += [f"{key} went to {count} people" for key, count in sorted(holders.items()) if count > 1]
    repeated = len(came) - len({(one.recipient, one.message_id) for one in came})
    return Verdict(len(ids), repeated, faults)
