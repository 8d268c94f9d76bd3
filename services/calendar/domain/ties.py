"""Ties: what two events of different hosts have in common, each with its weight and its reason in plain words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from services.calendar.domain.claims import DAY, EVERYONE
from services.calendar.domain.places import Point, metres_between
from services.calendar.domain.words import folded
from shared.messages import Reason

WEEK_DAYS, LENDING_DAYS = 7, 3
"""What people or themes have in common counts within a week; what is carried from one to the other, within days."""
NEAR_M, SAME_PLACE_M, FAR_M = 500, 150, 2_000
TOGETHER_SECONDS = 90 * 60
ROUTINE_SECONDS = 31 * DAY
"""What repeats for longer than this is a habit: people know of it, and it is no occasion to be joined."""
GATHERINGS = frozenset({"feast", "celebration", "opening"})
WITHIN = frozenset({"meeting", "works"})
"""Kinds to which nobody else comes."""
KIN = (
    {"families", "children"}, {"families", "youth"}, {"families", "adults"}, {"adults", "seniors"},
)  # fmt: skip
"""Audiences that go to the same things."""
STEM = 5
"""So many letters of a word are compared: Polish words change at their end."""
SMALL_WORDS = frozenset(
    {
        *("dziec", "mlodz", "rodzi", "senio", "doros", "wszys", "miesz", "osob", "ludzi", "osied", "azory", "azoro"),
        *("azora", "dla", "przy", "nad", "pod", "bez", "oraz", "albo", "jest", "raz"),
        *("and", "the", "for", "with", "child", "famil"),
    }
)
"""Words that say nothing of what is wanted: whom it is for, and where."""
EMPTY_WORDS = frozenset(
    {
        *("dzien", "dniu", "spotk", "zajec", "warsz", "wielk", "wspol", "wspom", "nauka", "kurs", "swiet", "konce"),
        *("zapra", "day", "meet", "cours", "works"),
    }
)
"""Words that say nothing of what an event is about: that it is one."""


@dataclass(frozen=True)
class Action:
    """An event as somebody sees it who looks for partners. `brings` names what its hosts lend or it borrows itself.

    `last` is the end of its last date in seconds, or none where it has no end. `themes` are written as keys.
    """

    id: str
    title: str
    kind: str
    first: int
    last: int | None
    host_ids: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    lent: tuple[str, ...] = ()
    problem_ids: tuple[str, ...] = ()
    initiative_id: str | None = None
    funders: tuple[str, ...] = ()
    point: Point | None = None
    closed: bool = False
    at_school: bool = False
    """A school celebrates at its own place, with its own pupils."""

    @property
    def is_routine(self) -> bool:
        """Say whether this goes on for longer than a month."""
        return self.last is None or self.last - self.first > ROUTINE_SECONDS


@dataclass(frozen=True)
class Pair:
    """Two events at their nearest dates: `gap` seconds between them (none where they overlap), `days` on the wall.

    `crowd` says how many other events near in time have each theme.
    """

    one: Action
    other: Action
    gap: int
    days: int
    crowd: Mapping[str, int]

    @property
    def metres(self) -> float | None:
        """Measure how far apart they are."""
        return metres_between(self.one.point, self.other.point)

    def reason(self, code: str, **values: object) -> Reason:
        """Give a reason that names both."""
        return Reason(code=code, values={"one": self.one.title, "other": self.other.title, **values})


@dataclass(frozen=True)
class Tie:
    """One thing in common. `explicit` is what somebody wrote down as wanted; without a reason it only adds weight."""

    weight: int
    reason: Reason | None = None
    explicit: bool = False


Rule = Callable[[Pair], Tie | None]


def same_site(pair: Pair) -> Tie | None:
    """Share guests and preparations: near in place and time, for people who go to the same things."""
    metres = pair.metres
    if metres is None or metres > NEAR_M or pair.gap > TOGETHER_SECONDS or not (fit(pair) or serves(pair)):
        return None
    weight = (30 if metres <= SAME_PLACE_M else 25) + (15 if serves(pair) else 0 if gathers(pair) else -10)
    return Tie(weight, pair.reason("same_site", metres=round(metres)))


def same_theme(pair: Pair) -> Tie | None:
    """Share a theme in the same week; what half of the neighbourhood is about that week says little."""
    themes = sorted(set(pair.one.themes) & set(pair.other.themes))
    if not themes or pair.days > WEEK_DAYS:
        return None
    rare = [25 if pair.crowd[theme] <= 2 else 18 if pair.crowd[theme] <= 5 else 10 for theme in themes]
    return Tie(min(40, sum(rare)) + near_in_days(pair), pair.reason("same_theme_week", themes=themes))


def same_audience(pair: Pair) -> Tie | None:
    """Call the same named people in the same week; on the same day and near they are the same guests."""
    audiences = sorted((set(pair.one.audiences) & set(pair.other.audiences)) - {EVERYONE})
    if not audiences or pair.days > WEEK_DAYS:
        return None
    near = pair.metres is not None and pair.metres <= 2 * NEAR_M
    weight = 10 + (10 if pair.days == 0 else 0) + (5 if pair.days == 0 and near else 0)
    return Tie(weight, pair.reason("same_audience_week", audiences=audiences))


def same_subject(pair: Pair) -> Tie | None:
    """Be called alike: two carnival balls, two open days."""
    shared = (stems(pair.one.title) & stems(pair.other.title)) - EMPTY_WORDS
    if not shared or pair.days > WEEK_DAYS:
        return None
    words = [word for word in pair.one.title.split() if stems(word) & shared]
    return Tie(20 if len(shared) == 1 else 30, pair.reason("same_subject", words=" ".join(words)))


def same_kind(pair: Pair) -> Tie | None:
    """Be two feasts, or two consultations, on one day: people choose between them."""
    kinds = {pair.one.kind, pair.other.kind}
    return Tie(10) if (gathers(pair) or kinds == {"consultation"}) and pair.days == 0 else None


def need_met(pair: Pair) -> Tie | None:
    """Need what the other one borrows or is about, or what its hosts lend; a habit brings only what it borrows."""
    met = [
        (weight, who.title, need, by.title)
        for who, by in ((pair.one, pair.other), (pair.other, pair.one))
        for need in who.needs
        for weight in [brought(need, by)]
        if weight
    ]
    if not met or pair.days > LENDING_DAYS:
        return None
    weight, who_title, need, by_title = max(met, key=lambda one: one[0])
    reason = Reason(code="need_met", values={"one": who_title, "other": by_title, "need": need})
    return Tie(weight + near_in_days(pair), reason, explicit=weight >= BROUGHT)


def same_need(pair: Pair) -> Tie | None:
    """Lack the same: it can be asked for, bought or carried once."""
    shared = [need for need in pair.one.needs if any(stems(need) & stems(theirs) for theirs in pair.other.needs)]
    near = pair.days <= LENDING_DAYS
    return Tie(25, pair.reason("same_need", need=shared[0])) if shared and near else None


def same_problem(pair: Pair) -> Tie | None:
    """Work on the same named problem."""
    shared = set(pair.one.problem_ids) & set(pair.other.problem_ids)
    return Tie(40 + near_in_days(pair), pair.reason("same_problem"), explicit=True) if shared else None


def same_initiative(pair: Pair) -> Tie | None:
    """Belong to the same initiative."""
    if pair.one.initiative_id is None or pair.one.initiative_id != pair.other.initiative_id:
        return None
    return Tie(35 + near_in_days(pair), pair.reason("same_initiative"), explicit=True)


def same_course(pair: Pair) -> Tie | None:
    """Do the same with the same people all year: two groups of Nordic walking."""
    one, other = pair.one, pair.other
    if not (one.is_routine and other.is_routine and one.kind == other.kind and one.kind in {"course", "other"}):
        return None
    audiences = sorted((set(one.audiences) & set(other.audiences)) - {EVERYONE})
    if not audiences or not one.themes or set(one.themes) != set(other.themes):
        return None
    return Tie(45, pair.reason("same_course", themes=sorted(one.themes), audiences=audiences), explicit=True)


def own_money(pair: Pair) -> Tie | None:
    """Be paid for twice, by different funders."""
    mine, theirs = pair.one.funders, pair.other.funders
    if not mine or not theirs or set(mine) & set(theirs):
        return None
    return Tie(10, pair.reason("own_money", funders=[*mine, *theirs]))


RULES: tuple[Rule, ...] = (
    need_met, same_problem, same_initiative, same_course, same_site, same_subject, same_theme, same_need,
    same_audience, same_kind, own_money,
)  # fmt: skip
WEAK = frozenset({"same_audience_week", "own_money"})
"""Such reasons make others stronger, and are none by themselves."""
BROUGHT, LENT = 35, 15


def hindrance(pair: Pair) -> int:
    """Weigh what speaks against it: another district, or people who do not go to the same things."""
    far = pair.metres is not None and pair.metres > FAR_M
    strangers = not fit(pair) and not serves(pair)
    return (100 if far else 0) + (20 if strangers else 0)


def fit(pair: Pair) -> bool:
    """Say whether the people of one would go to the other."""
    mine, theirs = set(pair.one.audiences), set(pair.other.audiences)
    if not mine or not theirs or EVERYONE in mine | theirs or mine & theirs:
        return True
    return any(kin & mine and kin & theirs for kin in KIN)


def serves(pair: Pair) -> bool:
    """Say whether one is a service to the guests of the other: a blood drive beside a fair."""
    kinds = {pair.one.kind, pair.other.kind}
    return "service" in kinds and bool(kinds & GATHERINGS)


def gathers(pair: Pair) -> bool:
    """Say whether whoever passes by may join either: nobody drops into a course."""
    return {pair.one.kind, pair.other.kind} <= GATHERINGS


def near_in_days(pair: Pair) -> int:
    """Give more weight to the same day, and some to the next."""
    return 10 if pair.days == 0 else 5 if pair.days == 1 else 0


def brought(need: str, by: Action) -> int:
    """Weigh whether an event has with it what another needs, is about it, or its hosts lend it."""
    wanted = stems(need)
    about = () if by.is_routine else (by.title, *by.themes)
    if any(wanted & stems(name) for name in (*by.borrowed, *about)):
        return BROUGHT
    return LENT if any(wanted & stems(name) for name in by.lent) else 0


@cache
def stems(text: str) -> frozenset[str]:
    """Give the beginnings of the words that say something."""
    words = "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()
    return frozenset(word[:STEM] for word in words if len(word) > 2 and word[:STEM] not in SMALL_WORDS)


def ties(pair: Pair, rules: Iterable[Rule] = RULES) -> list[Tie]:
    """Find everything in common, in the order of the rules."""
    return [tie for rule in rules for tie in [rule(pair)] if tie is not None]
