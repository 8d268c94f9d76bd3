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
    roll_horizon_hours: float = 24.0
    age_conflicts_minutes: float = 15.0
    voivodeship: Literal[
        "dolnośląskie", "kujawsko-pomorskie", "lubelskie", "lubuskie", "łódzkie", "małopolskie", "mazowieckie",
        "opolskie", "podkarpackie", "podlaskie", "pomorskie", "śląskie", "świętokrzyskie", "warmińsko-mazurskie",
        "wielkopolskie", "zachodniopomorskie",
    ] = "małopolskie"  # fmt: skip
    """Where the neighbourhood is: the winter holidays of its schools."""
