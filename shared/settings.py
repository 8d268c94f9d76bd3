"""Settings that every service has, read from the environment when a service is made, never at import."""

import os
import ssl
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared import nkeys
from shared.kept import kept_days, refuse_too_short

MEGABYTE = 1_000_000
PLAIN_NAMES = ("data", "port", "demo")
"""Settings that are also read from the environment without our prefix: `DATA`, `PORT`, `DEMO`."""
LISTS = ("partners", "proxies")
"""Settings of several values, comma-separated in the environment."""


class ServiceSettings(BaseSettings):
    """What an operator can set for any service: `OSIEDLE_<NAME>` in the environment, some also by a plain name."""

    model_config = SettingsConfigDict(env_prefix="OSIEDLE_", extra="ignore", env_ignore_empty=True, frozen=True)

    data: Path = Path("data")
    """The folder of the SQLite files, the embedded NATS server's store and its credentials."""
    database_url: str | None = None
    """The database of this service; a SQLite file in `data` when absent."""
    nats_url: str | None = None
    nats_monitor_url: str | None = None
    """Where the NATS server tells how it is (`http://nats:8222`); services ask whether it writes before it answers."""
    nats_credentials: Path | None = None
    """The `.creds` file with which this service signs in at the NATS server; the embedded server's when absent."""
    nats_ca: Path | None = None
    """The certificate (PEM) of the CA of the NATS server, where it speaks TLS."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    address: str = ""
    """The public base address, without a slash at its end; made of host and port when absent."""
    neighbourhood: str = "Azory"
    zone: str = "Europe/Warsaw"
    language: Literal["pl", "en"] = "pl"
    demo: bool = False
    partners: Annotated[tuple[str, ...], NoDecode] = ("roads", "culture")
    """Municipal systems that may publish to us, by the name in their subjects; comma-separated in the environment."""
    body_bytes: int = MEGABYTE
    """The largest body of a request."""
    import_bytes: int = 20 * MEGABYTE
    """The largest body of a request whose path ends in `/imports`."""
    writes_per_minute: int = Field(default=600, ge=0)
    """How many changes a person (or an address, where nobody signed in) may ask for in a minute; 0 is no limit."""
    sign_ins_per_minute: int = Field(default=20, ge=0)
    """How often one address may try to sign in, ask for a letter, or use an invitation; 0 is no limit.

    A whole office may share one address; how often one account is tried is limited beside this, see the registry.
    """
    sign_ins_per_hour: int = Field(default=200, ge=0)
    answers_per_minute: int = Field(default=30, ge=0)
    """How many answers to public questions one address may give in a minute; 0 is no limit."""
    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses or networks of the proxies before us: of them alone X-Forwarded-For and -Proto are believed."""
    key_wait_seconds: float = 2.0
    """How long a token with an unknown key waits for the key's copy to arrive."""
    keep: Annotated[Mapping[str, Annotated[int, Field(ge=0)]], NoDecode] = Field(
        default_factory=dict, validate_default=True
    )
    """Days that each class of data is kept, from `OSIEDLE_KEEP_<CLASS>_DAYS`; 0 is for ever (see `shared/kept.py`)."""
    leave_seconds: float = Field(default=1.0, ge=0)
    """How long a service that is to stop still answers, not ready, so that whoever balances looks elsewhere."""
    connected: bool = True
    """Whether the service connects to the bus when it starts; tests deliver messages by hand."""
    working: bool = True
    """Whether the service's jobs run by the clock; tests run them by name."""
    reports: Path | None = None
    """The folder where the operator's commands write how they went, such as the last backup; `data`/reports."""

    @model_validator(mode="before")
    @classmethod
    def _read_plain_names(cls, values: dict[str, object]) -> dict[str, object]:
        for name in PLAIN_NAMES:
            if name not in values and os.environ.get(name.upper()):
                values[name] = os.environ[name.upper()]
        for name in LISTS:
            text = values.get(name)
            if isinstance(text, str):
                values[name] = tuple(one.strip() for one in text.split(",") if one.strip())
        return values

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for one in proxies:
            ip_network(one)  # raises ValueError: a proxy that is misspelt must not be believed silently, or never
        return proxies

    @field_validator("keep", mode="before")
    @classmethod
    def _read_days(cls, given: Mapping[str, object]) -> dict[str, object]:
        return kept_days(given, os.environ)

    @field_validator("keep", mode="after")
    @classmethod
    def _bear_days(cls, days: Mapping[str, int]) -> Mapping[str, int]:
        refuse_too_short(days)
        return days

    @model_validator(mode="after")
    def _complete_address(self) -> Self:
        address = self.address.rstrip("/") or f"http://{self.host}:{self.port}"
        object.__setattr__(self, "address", address)
        return self

    @property
    def is_secure(self) -> bool:
        """Say whether people reach this installation by HTTPS."""
        return self.address.startswith("https://")

    @property
    def reports_folder(self) -> Path:
        """Name the folder of reports, which need not be there."""
        return self.reports or self.data / "reports"

    def url_of(self, service: str) -> str:
        """Name this service's database."""
        return self.database_url or f"sqlite:///{self.data}/{service}.sqlite"

    def bus_address(self) -> str:
        """Name the NATS server: as set, else as the embedded server wrote it down; it may move when it restarts."""
        if self.nats_url:
            return self.nats_url
        written = self.data / "nats" / "url"
        return written.read_text().strip() if written.is_file() else "nats://127.0.0.1:4222"

    def monitor_address(self) -> str | None:
        """Say where the NATS server tells how it is: as set, else as the embedded server wrote it down."""
        written = self.data / "nats" / "monitor"
        embedded = written.read_text().strip() if not self.nats_url and written.is_file() else None
        return self.nats_monitor_url or embedded

    def bus_login(self, service: str) -> dict[str, Any]:
        """Give what `nats.connect` needs to sign in: as set, else as the embedded server wrote it for this service.

        Raises `OSError` or `ValueError` when the file that is set is none.
        """
        file = self.nats_credentials or self.data / "nats" / f"{service}.creds"
        login = nkeys.sign_in(file.read_text()) if self.nats_credentials or file.is_file() else {}
        return {**login, **self.bus_tls()}

    def bus_tls(self) -> dict[str, Any]:
        """Give what `nats.connect` needs to know the server by its certificate; nothing without TLS."""
        return {"tls": ssl.create_default_context(cafile=self.nats_ca)} if self.nats_ca else {}
