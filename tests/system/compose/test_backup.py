"""Backups of a Compose installation: made under load, put back after all volumes are gone; partners stay themselves."""

import json

import pytest

from tests.system.backing_up import converges, missing, on_the_map, recorded, settled, written_to
from tests.system.compose.installation import Installation
from tests.system.stack import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def town(images, tmp_path_factory):
    """Start an installation of its own: its volumes are destroyed."""
    town = Installation(tmp_path_factory.mktemp("backups"))
    try:
        town.start(WRITES_PER_MINUTE="0")
        yield town
    finally:
        town.remove()


def operator(town, *arguments, within=()):
    return town.compose("run", "--rm", "-T", *within, "operator", *arguments)


def refused(town, *arguments, within=()):
    with pytest.raises(AssertionError) as told:
        operator(town, *arguments, within=within)
    return str(told.value)


def test_destroyed_and_put_back_it_answers_as_before(town, tmp_path):
    """Databases of one moment, a bus that lost its tail, and the keys by which everybody is known."""
    event = settled(town)
    login = operator(town, "partner", "creds", "roads")
    before = recorded(town, event)
    in_backups = ("exec", "-T", "backups", "python", "-m", "deploy", "backup")
    town.compose(*in_backups, "nightly", "--once")
    with written_to(town) as writers:
        acknowledged = list(writers.acknowledged)
        made = json.loads(town.compose(*in_backups, "create", "--json"))
        assert "stop them first" in refused(town, "backup", "restore", made["name"], "--yes")
    assert made["problem"] is None
    report = town.container("notifications").exec_run(["cat", "/reports/backup.json"]).output
    assert json.loads(report)["problem"] is None
    assert town.container("notifications").exec_run(["ls", "/backups"]).exit_code != 0
    assert town.container("backups").exec_run(["id", "-u"]).output.strip() != b"0"

    town.compose("cp", f"backups:/backups/{made['name']}", str(tmp_path))
    town.compose("down", "--volumes", "--timeout", "5")
    tmp_path.chmod(0o755)
    (tmp_path / made["name"]).chmod(0o644)  # the operator's container is no root
    within = ("--volume", f"{tmp_path}:/in:ro")
    operator(town, "backup", "restore", f"/in/{made['name']}", "--yes", within=within)
    town.compose("up", "--detach", "--wait", WRITES_PER_MINUTE="0")
    town.forget_token()

    assert missing(before, recorded(town, event)) == []
    there = converges(town, acknowledged)
    later = town.organisation("Po przywróceniu")
    assert later not in there
    eventually(lambda: later in on_the_map(town), 60)
    kept = operator(town, "partner", "creds", "roads")
    assert kept.splitlines()[-2] == login.splitlines()[-2]  # the seed: what was handed over still opens the door


def test_an_update_makes_a_backup_first_and_says_how_the_programs_follow(town):
    told = json.loads(operator(town, "upgrade", "--json"))
    assert told["backup"].endswith("-upgrade.tar")
    listed = json.loads(town.compose("exec", "-T", "backups", "python", "-m", "deploy", "backup", "list", "--json"))
    assert {one["name"]: one["problem"] for one in listed}[told["backup"]] is None
