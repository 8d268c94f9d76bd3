"""Makes the secrets of a Compose installation, once: `python -m deploy.make_secrets FOLDER`.

Each sub-folder is the volume of one container, which sees nothing of the others'. What is there is kept, so starting
again changes no password and no key. Readable by all inside the one container that has the volume; the operator's
volume, with the keys that sign who may connect to the bus, by its owner alone. Nobody here is root: a new volume
belongs to whoever is in it first, and this is the same user in all containers but PostgreSQL's.
"""

import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

from deploy.accounts import Accounts
from deploy.certificates import Authority
from deploy.nats_config import Place, render
from shared.cli import read_settings
from shared.settings import ServiceSettings

SERVICES = ("registry", "calendar", "map", "notifications")
ROOMS = ("nats-store/jetstream", "caddy-data/caddy", "operator/kept", "operator/demo", "operator/nats/store")
"""What others keep in volumes of their own, which stay ours once something is in them, or where volumes are mounted."""
STILL_ROOTS = (
    "The volumes still belong to root, as they did before an update. Give them away, once: docker compose run --rm "
    "--no-deps --user root --cap-add CHOWN --entrypoint sh secrets -c 'chown -R osiedle: /secrets/*'"
)


def main(folder: Path, partners: tuple[str, ...], host: str) -> None:
    """Write what each container needs: environments for services, a configuration for NATS, files for PostgreSQL."""
    postgres, nats, operator = folder / "postgres", folder / "nats", folder / "operator"
    accounts = Accounts(operator)
    accounts.bring_about(partners)
    authority = Authority(operator / "partners")
    _password(postgres / "postgres")
    for service in SERVICES:
        memory = _password(postgres / service)
        bus = folder / service / "bus.creds"
        _write(bus, accounts.creds(service, before=bus))
        _write(folder / service / "ca.pem", authority.file.read_text())
        _write(
            folder / service / "env",
            f"OSIEDLE_DATABASE_URL=postgresql://{service}:{memory}@postgres:5432/{service}\n"
            "OSIEDLE_NATS_CREDENTIALS=/run/osiedle/bus.creds\nOSIEDLE_NATS_CA=/run/osiedle/ca.pem\n",
        )
    for room in ROOMS:
        (folder / room).mkdir(parents=True, exist_ok=True)
    _write(nats / "account", accounts.ours.public)
    authority.certify(("nats", "localhost", "127.0.0.1", host), nats / "bus.pem", nats / "bus.pem.key")
    place = Place(
        store="/data",
        accounts="/accounts",
        listen="0.0.0.0:4222",
        monitor="0.0.0.0:8222",
        certificate="/run/osiedle/bus.pem",
    )
    _write(nats / "nats.conf", render(place, accounts.operator_token, accounts.system.public))


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
    settings: ServiceSettings = read_settings(ServiceSettings)
    try:
        main(Path(sys.argv[1]), settings.partners, urlsplit(settings.address).hostname or "localhost")
    except PermissionError:
        sys.exit(STILL_ROOTS)
