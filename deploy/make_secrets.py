"""Makes the passwords of a Compose installation, once: `python -m deploy.make_secrets FOLDER`.

Each sub-folder is the volume of one container, which sees nothing of the others'. What is there is kept, so starting
again changes no password; a new partner gets one. Readable by all inside the one container that has the volume.
"""

import os
import secrets
import sys
from pathlib import Path

from deploy.nats_config import Place, render, users

SERVICES = ("registry", "calendar", "map", "notifications")


def main(folder: Path, partners: tuple[str, ...]) -> None:
    """Write what each container needs: environments for services, a configuration for NATS, files for PostgreSQL."""
    postgres, nats = folder / "postgres", folder / "nats"
    _password(postgres / "postgres")
    bus = {user: _password(nats / user) for user in users(partners)}
    for service in SERVICES:
        memory = _password(postgres / service)
        _write(
            folder / service / "env",
            f"OSIEDLE_DATABASE_URL=postgresql://{service}:{memory}@postgres:5432/{service}\n"
            f"OSIEDLE_NATS_USER={service}\nOSIEDLE_NATS_PASSWORD={bus[service]}\n",
        )
    place = Place(store="/data", listen="0.0.0.0:4222", monitor="0.0.0.0:8222")
    _write(nats / "nats.conf", render(place, bus, partners))


def _password(file: Path) -> str:
    if not file.is_file():
        _write(file, secrets.token_urlsafe(24))
    return file.read_text()


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.chmod(0o644)
    draft.replace(file)


if __name__ == "__main__":
    named = os.environ.get("OSIEDLE_PARTNERS", "roads,culture").split(",")
    main(Path(sys.argv[1]), tuple(name.strip() for name in named if name.strip()))
