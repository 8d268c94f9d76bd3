"""What every test may ask for: an empty database of either kind, and how skipped tests are told."""

import importlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_socket
from sqlalchemy import MetaData

from shared import i18n
from shared.database import Database, sqlite_url
from shared.migrations import migrate
from tests.postgres import PostgresServer, programs

HERE = Path(__file__).resolve().parent
SKIPPED = HERE.parent / "build" / "skipped.txt"
NO_POSTGRES = "PostgreSQL is not installed (apt-get install postgresql)"
skipped_reasons = pytest.StashKey[set[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing skipped, and let no property be timed: other work may share the cores."""
    config.stash[skipped_reasons] = set()
    present = hypothesis.settings.get_profile(hypothesis.settings.get_current_profile_name())
    hypothesis.settings.register_profile("house", present, deadline=None)
    hypothesis.settings.load_profile("house")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no unit test open a socket; every test begins in Polish, whatever a command line spoke before."""
    i18n.language.set("pl")
    if item.path.is_relative_to(HERE / "unit"):
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let the next test decide anew."""
    pytest_socket.enable_socket()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Send the reason of a skipped test along with its report."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.user_properties.append(("skipped", report.longrepr[2].removeprefix("Skipped: ")))
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write down what was skipped, for the last line of `make test`; in CI a skip is a failure."""
    if hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons = {value for report in reports for name, value in report.user_properties if name == "skipped"}
    if not reasons:
        return
    SKIPPED.parent.mkdir(exist_ok=True)
    known = set(SKIPPED.read_text().splitlines()) if SKIPPED.exists() else set()
    SKIPPED.write_text("".join(f"{reason}\n" for reason in sorted(known | reasons)))
    if os.environ.get("CI") == "true" and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run a private PostgreSQL server for the session."""
    folder = programs()
    if folder is None:
        pytest.skip(NO_POSTGRES)
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Any]:
    """Remember the migrated template of each service and kind of database."""
    return {}


@pytest.fixture
def service(request: pytest.FixtureRequest) -> str | None:
    """Name the service whose tests these are, by their folder under `tests/service`; none when it is no service's."""
    parts = request.path.relative_to(HERE).parts
    named = len(parts) > 2 and parts[0] == "service" and (HERE.parent / "services" / parts[1]).is_dir()
    return parts[1] if named else None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(
    request: pytest.FixtureRequest, service: str | None, templates: dict[tuple[str, str], Any]
) -> Iterator[str]:
    """Give a fresh database of either kind: migrated when the tests are a service's, else empty."""
    if request.param == "sqlite":
        yield from _sqlite(request, service, templates)
    else:
        yield from _postgresql(request.getfixturevalue("postgres_server"), service, templates)


@pytest.fixture
def sqlite_database_url(
    request: pytest.FixtureRequest, service: str | None, templates: dict[tuple[str, str], Any]
) -> Iterator[str]:
    """Give a fresh SQLite database, for tests to which the kind does not matter."""
    yield from _sqlite(request, service, templates)


def _sqlite(
    request: pytest.FixtureRequest, service: str | None, templates: dict[tuple[str, str], Any]
) -> Iterator[str]:
    file = request.getfixturevalue("tmp_path") / "database.sqlite"
    if service is not None:
        template = templates.get(("sqlite", service))
        if template is None:
            factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
            template = factory.mktemp("template") / f"{service}.sqlite"
            _migrate(sqlite_url(template), service)
            templates["sqlite", service] = template
        shutil.copy(template, file)
    yield sqlite_url(file)


def _postgresql(server: PostgresServer, service: str | None, templates: dict[tuple[str, str], Any]) -> Iterator[str]:
    template = None
    if service is not None:
        template = templates.get(("postgresql", service))
        if template is None:
            template = server.create(name=f"template_{service}")
            _migrate(server.url(template), service)
            templates["postgresql", service] = template
    name = server.create(template)
    yield server.url(name)
    server.drop(name)


def _migrate(url: str, service: str) -> None:
    metadata: MetaData = importlib.import_module(f"services.{service}.models").Base.metadata
    database = Database(url, metadata, service)
    migrate(database.engine, service, metadata)
    database.engine.dispose()
