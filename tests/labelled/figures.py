"""What a lived year is worth: precision and recall against the judgements, alerts a week, and what each rule adds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain import opportunities
from services.calendar.domain.opportunities import MOST, Sight
from services.calendar.domain.ties import RULES, Rule
from services.calendar.models import Event
from services.calendar.queries.chances import sight_of
from tests.labelled.living import Lived, Said
from tests.labelled.year import Pair, Year

BUDGET = 3
"""So many alerts a week a coordinator reads."""
LOUD = ("warning", "blocking", "useful")
"""What a person would have wanted to be told."""
ORDER = ("no", "information", "useful", "warning", "blocking")


@dataclass(frozen=True)
class Score:
    """Of what was said, and of what should have been: right, wrong, missed; nobody judged what is `unjudged`."""

    right: int
    wrong: int
    missed: int
    unjudged: int = 0

    @property
    def precision(self) -> float:
        """Give the share of what was said that was right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Give the share of what should have been said that was."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def score(said: Iterable[Said], pairs: Iterable[Pair], question: str | None, loudness: Sequence[str]) -> Score:
    """Score what was said so loudly of one question, or of every conflict; what was louder than judged is wrong."""
    heard = {key: loud for key, loud in loudest(said).items() if _is_of(key[0], question)}
    judged = {(pair.question, pair.names): pair.judgement for pair in pairs if _is_of(pair.question, question)}
    spoken = {key for key, loud in heard.items() if loud in loudness}
    wanted = {key for key, judgement in judged.items() if judgement in loudness}
    right = {key for key in spoken & judged.keys() if judged[key] in LOUD}
    missed = {key for key in wanted if ORDER.index(heard.get(key, "no")) < ORDER.index(judged[key])}
    return Score(len(right), len(spoken & judged.keys()) - len(right), len(missed), len(spoken - judged.keys()))


def _is_of(question: str, wanted: str | None) -> bool:
    return question == wanted if wanted else question != "opportunity"


def loudest(said: Iterable[Said]) -> dict[tuple[str, frozenset[str]], str]:
    """Give how loudly each thing was said at most."""
    heard: dict[tuple[str, frozenset[str]], str] = {}
    for one in said:
        key = (one.question, one.names)
        heard[key] = max(heard.get(key, "no"), one.loudness, key=ORDER.index)
    return heard


def a_week(year: Year, lived: Lived, without: str | None = None) -> list[int]:
    """Count the alerts of every coordinator in every week of the year, fewest first."""
    first = min(one.at for one in year.events).date()
    last = max(one.plan.starts_at for one in year.events).date()
    weeks = (last - first + timedelta(days=6)).days // 7
    told = Counter((one.person, (one.at.date() - first).days // 7) for one in lived.alerts if one.about != without)
    silent = len(year.coordinators) * weeks - len(told)
    return [0] * silent + sorted(told.values())


def share(values: Sequence[int], part: float) -> int:
    """Give the value below which so large a part lies."""
    return values[min(len(values) - 1, int(len(values) * part))]


def opportunities_each(lived: Lived) -> Counter[str]:
    """Count the opportunities of each event."""
    return Counter(name for one in lived.said if one.question == "opportunity" for name in one.names)


def sights(calendar: Engine, year: Year) -> list[Sight]:
    """Give what is seen from each event that is open to others, before the year begins."""
    begins = min(one.at for one in year.events)
    with Session(calendar) as session:
        subjects = [queries.subject_of_event(session, event, begins) for event in session.scalars(select(Event))]
        return [
            sight_of(session, subject, subject.plan)
            for subject in subjects
            if subject.plan and subject.plan.visibility != "hosts" and subject.plan.status in ("tentative", "confirmed")
        ]


def ranked(seen: Iterable[Sight], names: Mapping[str, str], rules: Sequence[Rule]) -> list[Said]:
    """Find the opportunities of a whole year at once by some of the rules, the best three of each event."""
    best: dict[frozenset[str], int] = {}
    for sight in seen:
        for chance in opportunities.find(sight, rules=rules):
            pair = frozenset((names[sight.mine.id], names[chance.other_id]))
            best[pair] = max(chance.score, best.get(pair, 0))
    kept, said = Counter[str](), []
    for pair, points in sorted(best.items(), key=lambda one: -one[1]):
        if all(kept[name] < MOST for name in pair):
            kept.update(pair)
            said.append(Said("opportunity", pair, "useful", score=points))
    return said


def without_each(seen: Sequence[Sight], lived: Lived, pairs: Sequence[Pair]) -> dict[str, Score]:
    """Score the opportunities with all rules, and with all but each."""
    every = {"all rules": RULES}
    every |= {f"without {left_out.__name__}": tuple(one for one in RULES if one is not left_out) for left_out in RULES}
    return {
        words: score(ranked(seen, lived.names, rules), pairs, "opportunity", ["useful"])
        for words, rules in every.items()
    }
