"""Streams of the bus as files, by the server's own snapshots (NATS ADR-22 has the subjects), and back."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.accounts import OPERATOR, Accounts
from deploy.backups.manifest import BackupProblem, Damaged, StreamKept
from deploy.backups.settings import BackupSettings
from deploy.data_folder import DataFolderTaken, lock_data_folder
from deploy.embedded_nats import EmbeddedNats, NatsProblem
from shared.nkeys import sign_in

CHUNK = 128 * 1024
SECONDS = 30.0
"""So long the server may take for its next answer."""


@asynccontextmanager
async def bus(data: Path, address: str, tls: Mapping[str, Any]) -> AsyncIterator[Client]:
    """Connect as the operator of a data folder, who may do all; raises `BackupProblem`."""
    accounts = Accounts(data)
    if accounts.is_new:
        raise BackupProblem("There are no keys of the bus here: has Osiedle ever run on this data folder?")
    login = sign_in(accounts.creds(OPERATOR, before=data / "nats" / f"{OPERATOR}.creds"))

    async def quietly(_error: Exception) -> None:
        """Whoever asked is told by what is raised."""

    try:
        client = await nats.connect(
            address,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            connect_timeout=5,
            error_cb=quietly,
            **dict(tls) | login,
        )
    except (NatsError, OSError) as error:
        raise BackupProblem("The bus does not answer: is NATS running?") from error
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def running_bus(settings: BackupSettings) -> AsyncIterator[Client]:
    """Connect to the installation's bus; in one process that is stopped, it runs for the time of the `with`."""
    if settings.postgres is None:
        with suppress(DataFolderTaken):
            lock = lock_data_folder(settings.data)
            try:
                async with own_bus(settings.data) as client:
                    yield client
                return
            finally:
                lock.release()
    async with bus(settings.data, settings.bus_address(), settings.bus_tls()) as client:
        yield client


@asynccontextmanager
async def own_bus(data: Path) -> AsyncIterator[Client]:
    """Run a server on a data folder, which nobody else uses, for the time of the `with`, and connect to it."""
    server = EmbeddedNats(data, partners=())
    try:
        await server.start()
        async with bus(data, server.url, {}) as client:
            yield client
    except NatsProblem as problem:
        raise BackupProblem(str(problem)) from problem
    finally:
        await server.stop()


async def keep_all(client: Client, folder: Path) -> dict[str, StreamKept]:
    """Write every stream, with how far each service has heard it, into files; gives what each is. By name."""
    names = [str(info.config.name) for info in await client.jetstream().streams_info()]
    return {name: await _keep(client, name, folder / f"{name}.s2") for name in sorted(names)}


async def put_all_back(client: Client, streams: Mapping[str, StreamKept], folder: Path) -> None:
    """Make every stream as it was kept, on a bus that has none. Raises `Damaged`."""
    for name, kept in streams.items():
        await put_back(client, name, kept, folder / f"{name}.s2")


async def put_back(client: Client, name: str, kept: StreamKept, file: Path) -> None:
    """Make a stream, which must not be there, as it was kept. Raises `Damaged`."""
    opening = await _ask(client, f"$JS.API.STREAM.RESTORE.{name}", {"config": kept.config, "state": kept.state})
    subject = opening["deliver_subject"]
    with file.open("rb") as opened:
        answer = b""
        while not answer and (chunk := opened.read(CHUNK)):
            answer = (await client.request(subject, chunk, timeout=SECONDS)).data
    answer = answer or (await client.request(subject, b"", timeout=SECONDS)).data
    told = json.loads(answer)
    if "error" in told:
        raise Damaged(f"The stream {name} cannot be put back: {told['error'].get('description')}.")
    last = told["state"]["last_seq"]
    if last < kept.last_sequence:  # what came while it was kept may be in it as well
        raise Damaged(f"The stream {name} ends at {last}, not at {kept.last_sequence}.")
    await hold_back(client, name, last)


async def _keep(client: Client, name: str, file: Path) -> StreamKept:
    inbox = client.new_inbox()
    chunks = await client.subscribe(inbox)
    try:
        asked = {"deliver_subject": inbox, "no_consumers": False, "chunk_size": CHUNK}
        opening = await _ask(client, f"$JS.API.STREAM.SNAPSHOT.{name}", asked)
        with file.open("wb") as opened:
            # a chunk that asks for it is acknowledged, or the server sends no more; an empty one is the end
            while (chunk := await chunks.next_msg(SECONDS)).data:
                opened.write(chunk.data)
                if chunk.reply:
                    await chunk.respond(b"")
        status = (chunk.headers or {}).get("Status", "204")
        if status != "204":
            raise BackupProblem(f"The bus broke off while it told of {name} ({status}); try again.")
    except NatsError as error:
        raise BackupProblem(f"The bus broke off while it told of {name}; try again.") from error
    finally:
        await chunks.unsubscribe()
    state = opening["state"]
    return StreamKept(
        messages=state["messages"], last_sequence=state["last_seq"], config=opening["config"], state=state
    )


async def hold_back(client: Client, stream: str, last: int) -> None:
    """Take consumers that were kept a moment after their stream back to its end: else they would miss what follows."""
    for consumer in await client.jetstream().consumers_info(stream):
        floor, delivered = consumer.ack_floor, consumer.delivered
        if max(floor.stream_seq if floor else 0, delivered.stream_seq if delivered else 0) > last:
            await _ask(client, f"$JS.API.CONSUMER.RESET.{stream}.{consumer.name}", {"seq": last + 1})


async def _ask(client: Client, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads((await client.request(subject, json.dumps(body).encode(), SECONDS)).data)
    except (TimeoutError, NatsError) as error:
        raise BackupProblem(f"The bus does not answer {subject}: {error!r}.") from error
    if "error" in answer:
        raise BackupProblem(f"The bus refuses {subject}: {answer['error'].get('description')}.")
    return answer
