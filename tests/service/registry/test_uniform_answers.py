"""No door of the registry tells whether an address is known here: not by what it answers, nor by how long it takes."""

import re
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from services.registry.app import create_app
from services.registry.settings import Settings
from shared.people import Person
from tests.builders import an_administrator
from tests.harness import Running, quiet, running
from tests.service.registry.builders import API, an_organisation
from tests.service.registry.mailbox import CODE, PASSWORD, SIGN_IN
from tests.service.registry.test_codes import ANNA
from tests.service.registry.test_passwords import with_password

TURNS = 15
BLANKED = re.compile(r"[\w.+-]+@[\w.-]+|[\w-]{16,}|\d{4}-\d\d-\d\dT[\d:.+]+Z?")
"""Addresses, secrets and ids, instants: they differ anyway."""
SECRET_HEADERS = ("trace-id", "etag", "location", "set-cookie")

Door = Callable[[Running, httpx.AsyncClient, str], Awaitable[httpx.Response]]


async def ask_for_letter(registry: Running, browser: httpx.AsyncClient, address: str) -> httpx.Response:
    return await browser.post(SIGN_IN, data={"address": address})


async def wrong_code(registry: Running, browser: httpx.AsyncClient, address: str) -> httpx.Response:
    await browser.post(SIGN_IN, data={"address": address})
    await registry.run_job("send due letters")
    return await browser.post(CODE, data={"code": "000 000"})


async def wrong_password(registry: Running, browser: httpx.AsyncClient, address: str) -> httpx.Response:
    return await browser.post(PASSWORD, data={"password_address": address, "password": "nie to hasło"})


async def ask_for_own_data(registry: Running, browser: httpx.AsyncClient, address: str) -> httpx.Response:
    return await browser.post("/registry/own-data/ask", data={"email": address})


async def invite(registry: Running, browser: httpx.AsyncClient, address: str) -> httpx.Response:
    (organisation, *_) = await registry.rows("organisation")
    body = {"email": address, "name": "Ktoś", "organisation_id": organisation.id, "role": "member"}
    return await registry.client.post(f"{API}/invitations", json=body)


DOORS: list[Door] = [ask_for_letter, wrong_code, wrong_password, ask_for_own_data, invite]


@pytest.fixture
async def registry(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(create_app, Settings(**quiet(database_url=sqlite_database_url, data=tmp_path))) as service:
        yield service


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """Give everything that whoever asks sees, with what differs anyway blanked."""
    headers = {
        name: BLANKED.sub("…", value) if name in SECRET_HEADERS else value for name, value in answer.headers.items()
    }
    return answer.status_code, headers, BLANKED.sub("…", answer.text)


async def asked(registry: Running, door: Door, address: str, peer: str) -> tuple[tuple[object, ...], float]:
    async with registry.browser(peer=peer) as browser:
        began = time.perf_counter()
        answer = await door(registry, browser, address)
        return seen(answer), time.perf_counter() - began


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_no_door_tells_whether_an_address_is_known(registry: Running, door: Door):
    await with_password(registry)
    registry.client.headers.update(registry.headers(await an_inviter(registry)))
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(TURNS):
        answers = {}
        asks = [(True, ANNA), (False, f"x{turn:03}@example.org")]
        for is_known, address in asks if turn % 2 else reversed(asks):
            answers[is_known], seconds = await asked(registry, door, address, f"192.0.{int(is_known)}.{turn + 9}")
            took[is_known].append(seconds)
        # what lies in the address: a page that repeats it is as long as it is
        assert _but_length(answers[True]) == _but_length(answers[False])
    known, unknown = statistics.median(took[True]), statistics.median(took[False])
    assert 0.5 < known / unknown < 2, f"{known * 1000:.1f} ms for who is known, {unknown * 1000:.1f} ms for who is not"


def _but_length(answer: tuple[object, ...]) -> tuple[object, ...]:
    status, headers, body = answer
    assert isinstance(headers, dict)
    return status, {name: value for name, value in headers.items() if name != "content-length"}, body


async def an_inviter(registry: Running) -> Person:

    await an_organisation(registry)
    return an_administrator()


async def test_doors_of_signing_in_are_limited_for_one_address_of_the_internet(
    sqlite_database_url: str, tmp_path: Path
):
    limits = {"sign_ins_per_minute": 2, "sign_ins_per_hour": 3}
    settings = Settings(**quiet(database_url=sqlite_database_url, data=tmp_path, **limits))
    doors = {
        SIGN_IN: {"address": ANNA},
        CODE: {"code": "000000"},
        PASSWORD: {"password_address": ANNA, "password": "x"},
        "/registry/own-data/ask": {"email": ANNA},
        "/registry/invitation": {"key": "x" * 43},
    }
    async with running(create_app, settings) as it:
        for number, (path, form) in enumerate(doors.items()):
            async with it.browser(peer=f"192.0.2.{number}") as browser:
                answers = [await browser.post(path, data=form) for _ in range(3)]
                assert [answer.status_code == 429 for answer in answers] == [False, False, True], path
                assert int(answers[2].headers["retry-after"]) <= 61
            async with it.browser(peer="198.51.100.99") as elsewhere:
                if number < 2:
                    assert (await elsewhere.post(path, data=form)).status_code != 429


def test_people_are_limited_where_the_operator_says_nothing():
    settings = Settings()
    assert 0 < settings.sign_ins_per_minute <= 60
    assert settings.sign_ins_per_minute < settings.sign_ins_per_hour <= 1000
    assert 0 < settings.writes_per_minute <= 1000
