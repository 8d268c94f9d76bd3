"""Notifications are killed while they send to a mail server as real ones are; what came of it, the ledger says."""

from dataclasses import dataclass

from shared.identifiers import new_id
from tests.mailing import ledger
from tests.mailing.service import Mailing
from tests.service.notifications.builders import a_conflict, a_person_of
from tests.system.stack import eventually

CONNECTIONS = 4
SETTINGS = {
    "OSIEDLE_SMTP_CONNECTIONS": str(CONNECTIONS),
    "OSIEDLE_SMTP_SECONDS": "2",
    "OSIEDLE_LEASE_SECONDS": "4",
    "OSIEDLE_FIRST_DELAY_SECONDS": "0.5",
    "OSIEDLE_TRIES": "20",  # a kill counts as one
}
EVERY = {"lost": 23, "refused": 19, "dead": 17, "slow": 13, "grey": 11}
"""Of so many addresses one is treated so (`tests/mailing/office.py`); primes, so that none hides another."""


@dataclass(frozen=True)
class Ended:
    """What came of it, when nothing waited any more."""

    verdict: ledger.Verdict
    alerts: int
    unanswered: int
    """How often the server took a letter and its answer was lost on purpose."""
    by_kills: int
    """Letters that came again because a kill fell between the server's acceptance and our record."""


def addresses(count: int) -> list[str]:
    """Name so many addresses, of all manners."""

    def manner(number: int) -> str:
        return next((one for one, every in EVERY.items() if number % every == every - 1), "anna")

    return [f"{manner(number)}{number}@example.org" for number in range(count)]


def settle(it: Mailing, people: list[str], patience: float) -> str:
    """Let these belong to one organisation, which is given."""
    organisation_id = new_id()
    it.tell(*(a_person_of(organisation_id, email=one) for one in people))
    eventually(lambda: it.count("SELECT count(*) FROM known_membership") == len(people), patience)
    return organisation_id


def tell_and_kill(it: Mailing, count: int, kills: int, patience: float) -> Ended:
    """Tell so many people one thing, kill the sender so often while it sends, and wait until nothing is due."""
    people = addresses(count)
    wanted = [one for one in people if not one.startswith("refused")]
    it.tell(a_conflict(organisation_ids=(settle(it, people, patience),)))
    for number in range(kills):
        seen = len(wanted) * (number + 1) // (kills + 2)
        eventually(lambda seen=seen: len(it.taken()) >= seen, patience, every=0.005)  # type: ignore[misc]
        it.kill()
        it.start()
    ended = {"sent": len(wanted), "given_up": count - len(wanted)}
    eventually(lambda: it.states() == ended, patience)
    verdict = ledger.judge(it.taken(), wanted)
    lost = [one for one in wanted if one.startswith("lost")]
    unanswered = min(sum(one.recipient.startswith("lost") for one in it.taken()) - len(lost), len(lost))
    return Ended(verdict, it.count("SELECT count(*) FROM alert"), unanswered, verdict.repeated - unanswered)
