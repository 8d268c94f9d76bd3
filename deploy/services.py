"""The four services as the operator's commands see them: each with its own settings, whether it runs or not."""

from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.settings import ServiceSettings

SERVICES = ("registry", "calendar", "map", "notifications")


def settings_of(service: str, secrets: Path | None) -> Any:
    """Read one service's own settings from the environment; raises `ValidationError` when one is wrong.

    `secrets` is a folder with the secrets of each service in a folder of its name, as Docker Compose gives it to the
    operator: the database and the login in it win over what the environment says of one service.
    """
    own: type[ServiceSettings] = import_module(f"services.{service}.settings").Settings
    return own(**_secrets_of(secrets / service) if secrets else {})


def app_of(service: str, settings: ServiceSettings) -> FastAPI:
    """Make one service's app, which is not started."""
    app: FastAPI = import_module(f"services.{service}.app").create_app(settings)
    return app


def _secrets_of(folder: Path) -> dict[str, Any]:
    """Give the settings that stand in a service's secrets (`deploy/make_secrets.py`)."""
    lines = (folder / "env").read_text().splitlines() if (folder / "env").is_file() else []
    written = dict(line.split("=", 1) for line in lines if "=" in line)
    found: dict[str, Any] = {"nats_credentials": folder / "bus.creds", "nats_ca": folder / "ca.pem"}
    settings = {name: file for name, file in found.items() if file.is_file()}
    return (
        settings | {"database_url": written["OSIEDLE_DATABASE_URL"]} if "OSIEDLE_DATABASE_URL" in written else settings
    )
