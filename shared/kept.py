"""The classes of data that are forgotten after a time, in one table: where each is, and how long it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

EVERYWHERE = ("registry", "calendar", "map", "notifications")


@dataclass(frozen=True)
class DataClass:
    """One class of data; `days` is what holds while the operator sets nothing, 0 is for ever.

    What is `fixed` cannot be set, and its 0 days are at once. `least` is the shortest time that can be set.
    """

    name: str
    services: tuple[str, ...]
    days: int = 0
    fixed: bool = False
    least: int = 1

    @property
    def variable(self) -> str:
        """Name the environment variable that sets the days."""
        return f"OSIEDLE_KEEP_{self.name.upper()}_DAYS"


CLASSES: Mapping[str, DataClass] = {
    one.name: one
    for one in (
        DataClass("sign_in_links", ("registry",), 7),
        DataClass("wrong_passwords", ("registry",), 1, fixed=True),
        DataClass("sessions", ("registry",), 30),
        DataClass("letters", ("registry",), 30),
        DataClass("mails", ("registry", "notifications"), 30),
        DataClass("invited_names", ("registry",), fixed=True),
        DataClass("import_files", ("registry",), fixed=True),
        DataClass("invitations", ("registry",), 90),
        DataClass("guests", ("calendar",), 90),
        DataClass("contacts", ("registry",), 90),
        DataClass("alerts", ("notifications",), 365),
        DataClass("deliveries", ("notifications",), 365),
        DataClass("webhook_deliveries", ("notifications",), 30),
        DataClass("mail_replies", ("notifications",), 90),
        DataClass("api_keys", EVERYWHERE, 400),
        DataClass("audit", ("registry",), 730, least=30),
        DataClass("history", EVERYWHERE, 1825),
        DataClass("people", ("registry",), 0, least=30),
    )
}


def days_of(name: str, set_days: Mapping[str, int]) -> int | None:
    """Give how many days a class is kept, as the operator set it; None is for ever, 0 not at all."""
    one = CLASSES[name]
    return one.days if one.fixed else set_days[name] or None


def kept_days(given: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, object]:
    """Give the days of every class: as given, else as the environment says, else the default."""
    days = {one.name: environment.get(one.variable) or one.days for one in CLASSES.values() if not one.fixed}
    return {**days, **given}


def refuse_too_short(days: Mapping[str, int]) -> None:
    """Refuse days that are fewer than a class bears; raises `ValueError` with a sentence for the operator."""
    for name, kept in days.items():
        one = CLASSES.get(name)
        if one is None or one.fixed:
            raise ValueError(f"nothing of the name {name} is kept for some days")
        if kept and kept < one.least:
            raise ValueError(f"{one.variable} is 0, for ever, or at least {one.least}")
