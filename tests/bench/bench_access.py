"""Access: what it costs to know who asks, by a program's key and by a signed token, in the same service.

The peer of the key is the token: the same request, in turns in the same run, and the check alone. Guessed keys are
asked beside what a stranger costs who shows nothing.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.notifications.app import create_app
from services.notifications.models import KnownApiKey
from services.notifications.settings import Settings
from shared.auth import KeyRefused, key_text, new_key_secret, remember_api_key
from shared.identifiers import new_id
from tests.bench import figures
from tests.builders import a_key, a_person, a_role
from tests.harness import Running, quiet, running

KEYS, REQUESTS, CHECKS, ROUNDS = 500, 300, 3_000, 5
PATH = "/notifications/api/v1/subscriptions"


def main() -> None:
    """Measure, print and write `build/bench/access.json`."""
    with tempfile.TemporaryDirectory() as folder:
        figures.write("access", list(asyncio.run(_measured(Path(folder)))))


async def _measured(folder: Path) -> list[dict[str, Any]]:
    settings = Settings(**quiet(data=folder, database_url=f"sqlite:///{folder}/notifications.sqlite"))
    async with running(create_app, settings) as it:
        organisation_ids = [new_id() for _ in range(3)]
        keys = [a_key(memberships=tuple(map(a_role, organisation_ids))) for _ in range(KEYS)]
        for message, _ in keys:
            await it.database.write(remember_api_key, KnownApiKey, message)
        key = keys[-1][1]
        token = it.token(a_person(roles=dict.fromkeys(organisation_ids, "coordinator")))
        return [one async for one in _figures(it, key, token)]


async def _figures(it: Running, key: str, token: str) -> Any:
    async def ask(bearer: str) -> None:
        answer = await it.client.get(PATH, headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == 200, answer.text

    ours, peer = await figures.in_turns(lambda: ask(key), lambda: ask(token), REQUESTS, ROUNDS)
    yield figures.row(f"access: a request with one of {KEYS} keys", ours, "ms", peer, "≤ 1.5 × token", 1.5)
    programs, people = it.app.state.api_keys, it.app.state.keys
    ours, peer = await figures.in_turns(lambda: programs.check(key), lambda: people.check(token), CHECKS, ROUNDS)
    yield figures.row("access: the check of a key alone", ours, "ms", peer, "≤ 1 × token", 1.0)

    guesses = _guesses()

    async def guess() -> None:
        try:
            await programs.check(next(guesses))
        except KeyRefused:
            return
        raise AssertionError("a guessed key was believed")

    ours, peer = await figures.in_turns(guess, lambda: people.check(token), CHECKS, ROUNDS)
    yield figures.row("access: garbage that begins like a key", ours, "ms", peer, "≤ 1 × token", 1.0)


def _guesses() -> Iterator[str]:
    """Make what has almost the shape of a key, each time another one."""
    while True:
        yield key_text(new_id(), new_key_secret())[:-1]


if __name__ == "__main__":
    main()
