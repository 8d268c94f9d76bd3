"""The calendar's own settings beside those of every service; read from `OSIEDLE_…` when the service starts."""

from typing import Literal

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the calendar."""

    port: int = 8002
    horizon_days: int = 730
    """Occurrences exist as rows from the past to so many days ahead; a job rolls the horizon on."""
    copy_wait_seconds: float = 2.0
    """How long a request waits for the copy of a venue, host or resource that was registered a moment ago."""
    source_minutes: float = 60.0
    """Subscribed calendars are fetched so often; after failures less and less, a day apart at most."""
    look_for_sources_seconds: float = 5.0
    """A calendar that is added, or asked for on a page, is fetched within this time."""
    source_http: bool = False
    """Let people subscribe to calendars without https; what is read on the way is anybody's then."""
    source_hosts: str = ""
    """Hosts of the operator's own (`name` or `name:port`, comma-separated) that may stand inside the network."""
    roll_horizon_hours: float = 24.0
    age_conflicts_minutes: float = 15.0
    voivodeship: Literal[
        "dolnośląskie", "kujawsko-pomorskie", "lubelskie", "lubuskie", "łódzkie", "małopolskie", "mazowieckie",
        "opolskie", "podkarpackie", "podlaskie", "pomorskie", "śląskie", "świętokrzyskie", "warmińsko-mazurskie",
        "wielkopolskie", "zachodniopomorskie",
    ] = "małopolskie"  # fmt: skip
    """Where the neighbourhood is: the winter holidays of its schools."""
    request_days: float = 14.0
    """A request that its owner leaves unanswered is over after so many days, and never after the event begins."""
    expire_requests_minutes: float = 5.0
    poll_days: float = 7.0
    """A poll that nobody settles is called off so many days after it closed, and its dates are free again."""
    look_for_polls_minutes: float = 1.0
    """How often a job looks for polls that close soon, and for those that nobody settled."""
    look_for_tasks_minutes: float = 10.0
    """How often a job looks for tasks that come due within three days or are overdue, and for meetings within two."""

    @property
    def inner_hosts(self) -> tuple[str, ...]:
        """The hosts inside the network from which calendars may be fetched."""
        return tuple(name.strip() for name in self.source_hosts.split(",") if name.strip())
