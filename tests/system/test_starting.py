"""Starting and stopping: what hinders a start is told in one sentence, and what was kept is there again."""

import os
import signal
import socket
import stat
import time

import pytest

from shared.cli import open_door
from shared.settings import ServiceSettings
from tests.system.stack import Program, eventually, free_port, servers_on, slowness


def refused(program: Program) -> str:
    """Wait until a program has refused to start, and give the one sentence that it said."""
    code = program.process.wait(30)
    lines = [line for line in program.printed.splitlines() if line.strip()]
    assert code == 1, program.printed
    assert len(lines) == 1, program.printed
    assert "Traceback" not in lines[0]
    return lines[0]


def test_a_second_start_keeps_all_data_and_answers_within_five_seconds(fresh):
    town = fresh
    town.start()
    organisation = town.organisation("Klub Seniora")
    assert town.stop() == 0
    took = town.start()
    assert town.get(f"/registry/api/v1/organisations/{organisation}")["name"] == "Klub Seniora"
    assert town.stop() == 0
    assert took < 5 * slowness()


def test_it_prints_its_address_and_a_link_that_signs_in_once(fresh):
    town = fresh
    town.start()
    eventually(lambda: "Then plan an event" in town.program.printed)
    assert town.address in town.program.printed
    line = next(line for line in town.program.printed.splitlines() if "Sign in (works once)" in line)
    link = line.split()[-1]
    assert link.startswith(town.address)
    assert "osiedle_session" in town.sign_in(link).headers["set-cookie"]
    assert "set-cookie" not in town.sign_in(link).headers


def test_ctrl_c_ends_it_cleanly_and_quickly(fresh):
    town = fresh
    town.start()
    started = time.monotonic()
    town.program.process.send_signal(signal.SIGINT)
    assert town.program.process.wait(20) == 0
    assert time.monotonic() - started < 10
    assert "Traceback" not in town.program.printed
    assert servers_on(town.data) == []


def test_a_busy_port_is_told_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = Program(tmp_path / "log", "deploy.all_in_one", DATA=str(tmp_path / "data"), PORT=str(port), DEMO="no")
        assert str(port) in refused(program)


def test_a_second_instance_on_the_same_data_is_told_in_one_sentence(town, tmp_path):
    program = Program(tmp_path / "log", "deploy.all_in_one", DATA=str(town.data), PORT=str(free_port()), DEMO="no")
    assert "already runs" in refused(program)
    assert town.get("/registry/api/v1/organisations") is not None
    assert len(servers_on(town.data)) == 1


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    program = Program(
        tmp_path / "log", "deploy.all_in_one", DATA=str(tmp_path / "file" / "data"), PORT=str(free_port()), DEMO="no"
    )
    assert "cannot be written" in refused(program)


def test_a_folder_without_the_right_to_write_is_told_in_one_sentence(tmp_path):
    data = "/proc/osiedle" if os.geteuid() == 0 else str(tmp_path / "closed")
    if os.geteuid() != 0:
        (tmp_path / "closed").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    program = Program(tmp_path / "log", "deploy.all_in_one", DATA=data, PORT=str(free_port()), DEMO="no")
    assert "cannot be written" in refused(program)


@pytest.mark.parametrize("setting", [{"PORT": "many"}, {"OSIEDLE_LANGUAGE": "xx"}])
def test_a_setting_that_is_wrong_is_told_in_one_sentence(tmp_path, setting):
    values = {"DATA": str(tmp_path / "data"), "PORT": str(free_port()), "DEMO": "no", **setting}
    assert "is not right" in refused(Program(tmp_path / "log", "deploy.all_in_one", **values))


def test_the_door_names_its_protocol_so_that_small_answers_do_not_wait_for_others():
    with open_door(ServiceSettings(port=0)) as door:
        assert door.proto == socket.IPPROTO_TCP
