"""The whole examination: all questions are asked side by side, then judged."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import FastAPI
from pydantic import ValidationError

from deploy.doctor import checks, probes
from deploy.doctor.checks import LOOPBACK, Result
from deploy.services import SERVICES, app_of, settings_of
from deploy.settings import OperatorSettings
from services.map.settings import Settings as MapSettings
from services.map.settings import deepest_zoom_of
from services.notifications.clients.reports import last_backup
from services.notifications.domain.health import Backup
from services.notifications.settings import Settings as MailSettings
from shared.broker.durability import sync_of
from shared.migrations import SERVICES as MIGRATED
from shared.migrations import newest_in
from shared.version import VERSION

LONGEST_SECONDS = 20.0
RENEW_BUS = "Start Osiedle again (Compose: `docker compose up -d`, then `docker compose restart nats`)."
RENEW_PUBLIC = "Look why the gateway, or the proxy before it, did not renew it."


class Doctor:
    """One examination of one installation."""

    def __init__(self, settings: OperatorSettings, send_to: str | None = None) -> None:
        self._settings = settings
        self._send_to = send_to
        self._ahead: dict[str, float] = {}
        self._apps: dict[str, FastAPI | str] = {}

    async def examine(self) -> list[Result]:
        """Ask and judge everything; a question that has no answer in time fails by its name."""
        self._apps = {service: self._app(service) for service in SERVICES}  # before anybody waits: it is heavy
        ways: dict[str, Callable[[], Awaitable[list[Result]]]] = {
            "address": self._address,
            "mail": self._mail,
            "disk": self._disk,
            "base map": self._base_map,
            "bus": self._bus,
            "certificates": self._certificates,
            "backup": self._backup,
            "databases": self._databases,
        }
        found = await asyncio.gather(*(self._in_time(name, way) for name, way in ways.items()))
        results = [checks.python(tuple(sys.version_info[:3])), *(one for results in found for one in results)]
        return [*results, await self._clock()]

    async def _in_time(self, name: str, way: Callable[[], Awaitable[list[Result]]]) -> list[Result]:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await way()
        except ValidationError as error:
            fault = error.errors()[0]
            words = f"The setting {'.'.join(map(str, fault['loc']))} is not right: {fault['msg']}"
            return [Result(name, "fail", words, "Correct it in the environment (Compose: `.env`).")]
        except Exception as error:
            return [Result(name, "fail", f"It cannot be examined: {probes.words_of(error)}.", "Look into the logs.")]

    async def _address(self) -> list[Result]:
        public = self._settings.address
        host = urlsplit(public).hostname or ""
        known = await asyncio.to_thread(probes.resolves, host)
        # in a container such an address is the container itself
        asked = self._settings.asked_at if host in LOOPBACK else public
        ready, status = await asyncio.gather(
            asyncio.to_thread(probes.fetch, f"{asked}/registry/health/ready"),
            asyncio.to_thread(probes.fetch, f"{asked}/notifications/api/v1/status"),
        )
        if ready.ahead is not None:
            self._ahead["the gateway"] = ready.ahead
        return [checks.address(public, known, ready.answer), checks.code(VERSION, probes.version_in(status))]

    async def _mail(self) -> list[Result]:
        settings = MailSettings()
        error = await probes.mail_error(settings, self._send_to) if settings.mail == "smtp" else None
        server = f"{settings.smtp_host}:{settings.smtp_port}"
        return [checks.mail(settings.mail, server, error, sent_to=self._send_to)]

    async def _disk(self) -> list[Result]:
        folder = self._settings.data.resolve()
        there = next(one for one in (folder, *folder.parents) if one.exists())
        usage = await asyncio.to_thread(shutil.disk_usage, there)
        return [checks.disk(str(folder), usage.free, usage.total)]

    async def _base_map(self) -> list[Result]:
        settings = MapSettings()  # raises where the file is no map
        answer: int | str | None = None
        if settings.tiles and not settings.basemap:
            tile = settings.tiles.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")
            answer = (await asyncio.to_thread(probes.fetch, tile)).answer
        zoom = deepest_zoom_of(settings.basemap) if settings.basemap else None
        return [checks.base_map(str(settings.basemap) if settings.basemap else None, zoom, settings.tiles, answer)]

    async def _bus(self) -> list[Result]:
        found, said = await asyncio.gather(probes.bus(self._settings), sync_of(self._settings.monitor_address()))
        return [checks.bus(found.version, found.error), checks.sync(said), checks.streams(found.streams)]

    async def _certificates(self) -> list[Result]:
        return [
            await self._certificate("the bus' CA", RENEW_BUS, self._authority),
            await self._certificate("the bus", RENEW_BUS, self._bus_certificate),
            await self._certificate("the address", RENEW_PUBLIC, self._public_certificate),
        ]

    async def _certificate(self, whose: str, renew: str, ask: Callable[[], Awaitable[datetime | None]]) -> Result:
        try:
            async with asyncio.timeout(probes.SECONDS):
                ends_at, error = await ask(), None
        except (OSError, ValueError) as refusal:  # TimeoutError and ssl.SSLError are among them
            ends_at, error = None, probes.words_of(refusal)
        return checks.certificate(whose, ends_at, datetime.now(UTC), renew, error)

    async def _authority(self) -> datetime | None:
        file = self._settings.nats_ca
        return await asyncio.to_thread(probes.authority_ends, file) if file else None

    async def _bus_certificate(self) -> datetime | None:
        file = self._settings.nats_ca
        return await probes.bus_certificate_ends(self._settings.bus_address(), file) if file else None

    async def _public_certificate(self) -> datetime | None:
        return await probes.public_certificate_ends(self._settings.address) if self._settings.is_secure else None

    async def _backup(self) -> list[Result]:
        last: Backup | None = await asyncio.to_thread(last_backup, self._settings.reports_folder)
        return [checks.backup(last, datetime.now(UTC))]

    async def _databases(self) -> list[Result]:
        found = await asyncio.gather(*(asyncio.to_thread(self._database, service) for service in SERVICES))
        results = [
            checks.database(service, one.stands, newest_in(MIGRATED / service / "migrations"), one.error)
            for service, one in zip(SERVICES, found, strict=True)
        ]
        versions = [one.version for one in found if one.version]
        if ahead := [one.ahead for one in found if one.ahead is not None]:
            self._ahead["PostgreSQL"] = ahead[0]
        return [*results, checks.postgres(versions[0] if versions else None)]

    def _app(self, service: str) -> FastAPI | str:
        """Make a service's app, or say why it cannot be made."""
        try:
            return app_of(service, settings_of(service, self._settings.secrets))
        except ValidationError as error:
            return f"its setting {error.errors()[0]['loc'][0]} is not right"

    def _database(self, service: str) -> probes.Database:
        app = self._apps[service]
        return probes.Database(error=app) if isinstance(app, str) else probes.database(app)

    async def _clock(self) -> Result:
        try:
            return checks.clock(self._ahead, probes.zone_data(self._settings.zone))
        except (KeyError, ValueError):
            words = f"The time zone {self._settings.zone} is not known."
            return Result("clock", "fail", words, "Set OSIEDLE_ZONE to a name such as Europe/Warsaw.")


async def examine(settings: OperatorSettings, send_to: str | None = None) -> list[Result]:
    """Examine an installation, also one that does not run; changes nothing.

    `send_to` is sent a letter, nobody else is.
    """
    return await Doctor(settings, send_to).examine()
