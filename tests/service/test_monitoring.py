"""Prometheus' own tool takes what every service tells, and the rules that warn; each rule says what to do."""

import json
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from tests.harness import Running, quiet, running
from tests.prometheus import parsed

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
SERVICES = ["registry", "calendar", "map", "notifications"]
RULES = [rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt-get install prometheus)"
)


@pytest.fixture(params=SERVICES)
async def service_running(request: pytest.FixtureRequest, sqlite_database_url: str, tmp_path: Path):
    module, settings = (import_module(f"services.{request.param}.{name}") for name in ("app", "settings"))
    values = quiet(database_url=sqlite_database_url, data=tmp_path)
    async with running(module.create_app, settings.Settings(**values)) as service:
        yield service


async def told(service: Running) -> str:
    """Let every kind of number have a value, and ask for all of them."""
    name = service.app.state.name
    service.app.state.bus.consumers = {"REGISTRY": {"pending": 1, "in_hand": 0, "redelivered": 0}}
    service.app.state.bus.relay.fill = {name.upper(): 0.25}
    service.app.state.jobs.well_at = dict.fromkeys(service.app.state.jobs.by_name, 1_780_000_000.5)
    reports = service.app.state.settings.reports_folder
    reports.mkdir(parents=True)
    said = {"finished_at": "2026-12-01T03:00:00Z", "verified_at": "2026-12-01T03:01:00Z", "problem": None}
    (reports / "backup.json").write_text(json.dumps(said))
    for path in (f"/{name}/health/ready", "/nowhere", f"/{name}/api/v1/nowhere/{'x' * 40}"):
        await service.client.get(path)
    return (await service.client.get(f"/{name}/metrics")).text


@pytest.mark.promtool
@needs_promtool
async def test_prometheus_own_tool_finds_nothing_wrong_with_the_numbers(service_running: Running):
    text = await told(service_running)
    done = subprocess.run(  # noqa: ASYNC221
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


async def test_paths_that_somebody_made_up_are_one_line_of_the_numbers(service_running: Running):
    name = service_running.app.state.name
    for number in range(50):
        await service_running.client.get(f"/{name}/made/{number}")
        await service_running.client.request("BREW", f"/{name}/assets/{number}.css")
    samples = parsed(await told(service_running))
    routes = {dict(labels)["route"] for sample, labels in samples if sample == "osiedle_http_answer_seconds_count"}
    assert routes == {"", f"/{name}/health/ready"}


async def test_every_number_that_a_rule_asks_for_is_told(sqlite_database_url: str, tmp_path: Path):
    """Fails when a number is renamed and its alert would never come again."""
    app, settings = import_module("services.notifications.app"), import_module("services.notifications.settings")
    values = quiet(database_url=sqlite_database_url, data=tmp_path)
    async with running(app.create_app, settings.Settings(**values)) as service:
        samples = {name for name, _ in parsed(await told(service))}
    asked = {name for rule in RULES for name in re.findall(r"osiedle_\w+", rule["expr"])}
    assert len(asked) > 12
    assert asked - samples == set()


def test_every_rule_says_in_a_sentence_what_is_so_and_what_to_do_and_is_seen_to_fire():
    fired = (MONITORING / "alerts_test.yml").read_text()
    for rule in RULES:
        said = rule["annotations"]
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert all(said[name].rstrip().endswith(".") for name in ("summary", "what_to_do")), rule["alert"]
        assert f'alertname="{rule["alert"]}"' in fired, f"{rule['alert']} is not seen to fire"


@pytest.mark.promtool
@needs_promtool
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ],
)
def test_prometheus_own_tool_takes_the_rules_and_sees_them_fire_and_be_quiet(arguments: tuple[str, ...]):
    done = subprocess.run(["promtool", *arguments], cwd=MONITORING, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
