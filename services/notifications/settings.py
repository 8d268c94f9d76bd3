"""What an operator can say about notifications."""

from typing import Literal

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings every service has, and those of the ways to reach people."""

    port: int = 8004
    mail: Literal["console", "smtp"] = "console"
    """How mail leaves: `smtp`, or `console`, which logs it and keeps it as `.eml` files in `<data>/mail`."""
    mail_from: str = "Osiedle <osiedle@example.org>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_seconds: float = 20.0
    """How long one mail may take."""
    send_every_seconds: float = 0.5
    """How often due deliveries are looked for."""
    first_delay_seconds: float = 30.0
    """How long a delivery that failed waits before it is tried again; each further wait is four times as long."""
    tries: int = 8
    """After so many tries a delivery is given up."""
    stream_seconds: float = 15.0
    """How often an open stream of alerts looks for changes that another process made."""
