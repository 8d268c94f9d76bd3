"""Partners of a Compose installation: let in by one command, from outside by TLS alone; what was kept stays kept."""

import asyncio
import json
import ssl
import uuid
from datetime import UTC, datetime, timedelta

import nats
import pytest
from nats.errors import Error as NatsError

from shared.nkeys import sign_in
from tests.system.stack import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]
ANNOUNCED = "municipal.closure.announced.v1"


@pytest.fixture(scope="module")
def town(open_town):
    return open_town


def operator(town, *arguments):
    return town.compose("run", "--rm", "-T", "operator", "partner", *arguments)


async def connected(town, creds, **tls):
    return await nats.connect(
        f"nats://localhost:{town.bus_port}",
        **sign_in(creds),
        **tls,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        connect_timeout=5,
    )


def trusting(town, folder):
    file = folder / "ca.pem"
    file.write_text(operator(town, "ca"))
    return ssl.create_default_context(cafile=file)


def a_closure(name):
    start = datetime.now(UTC) + timedelta(days=3)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=8)).isoformat()}
    return {"id": "1", "title": {"pl": name}, **times, "latitude": 50.08, "longitude": 19.92}


def headers_of():
    return {"ce-id": str(uuid.uuid4()), "ce-type": ANNOUNCED}


async def test_a_partner_is_let_in_by_one_command_comes_by_tls_and_is_out_by_another(town, tmp_path):
    """A listener without TLS lets anybody on the way read along, and speak as the partner."""
    handed_over = json.loads(operator(town, "add", "roads", "--json"))
    assert handed_over["in_effect"] is True
    creds = operator(town, "creds", "roads")
    trusted = trusting(town, tmp_path)
    client = await connected(town, creds, tls=trusted)
    answer = await client.request(
        "municipal.roads.submit", json.dumps(a_closure("Objazd")).encode(), headers=headers_of(), timeout=20
    )
    assert json.loads(answer.data)["status"] == "accepted"
    eventually(lambda: "Objazd" in [one["title"]["pl"] for one in town.get("/calendar/api/v1/facts")["items"]])
    posted = town.http.post(
        f"{town.address}/calendar/api/v1/municipal/roads/messages",
        json={**a_closure("Most"), "id": "2"},
        headers={**headers_of(), "Authorization": f"Bearer {handed_over['key']}"},
    )
    assert posted.status_code == 202, posted.text
    [row] = [one for one in json.loads(operator(town, "list", "--json")) if one["partner"] == "roads"]
    assert (row["waiting"], row["has_key"]) == (0, True)
    operator(town, "revoke", "roads")
    for _ in range(50):
        if client.is_closed:
            break
        await asyncio.sleep(0.1)
    assert client.is_closed
    with pytest.raises(NatsError):
        await connected(town, creds, tls=trusted)


async def test_nobody_speaks_to_the_bus_in_plain_text_or_trusts_another_server(town):
    reader, writer = await asyncio.open_connection("127.0.0.1", town.bus_port)
    assert b'"tls_required":true' in await reader.readline()
    writer.write(b'CONNECT {"verbose":true}\r\nPING\r\n')
    said = await asyncio.wait_for(reader.read(), 20)
    assert b"PONG" not in said
    writer.close()
    creds = operator(town, "creds", "culture")
    with pytest.raises((ssl.SSLCertVerificationError, NatsError, OSError)):
        await connected(town, creds, tls=ssl.create_default_context())


def test_no_service_sees_the_keys_that_let_anybody_in(town):
    code, output = town.container("calendar").exec_run(["sh", "-c", "cat /run/osiedle/*; ls -R /run/osiedle /operator"])
    assert code != 0
    assert b"SO" not in [line[:2] for line in output.splitlines()]
    assert b"BEGIN NATS USER JWT" in output
    assert b"PRIVATE KEY" not in output


def test_what_the_bus_kept_before_there_were_accounts_is_taken_over(town):
    """Without moving the folder, an installation of before begins with empty streams after its update."""
    nats_server = town.container("nats")
    account = nats_server.exec_run(["cat", "/run/osiedle/account"]).output.decode()
    nats_server.exec_run(["sh", "-c", "rm -rf /data/jetstream/'$G'"])
    town.compose("stop", "nats")
    move = f"mv /data/jetstream/{account} '/data/jetstream/$G'"
    town.compose("run", "--rm", "--entrypoint", "sh", "nats", "-c", move)
    town.compose("up", "--detach", "--wait")
    code, output = town.container("nats").exec_run(["sh", "-c", f"ls /data/jetstream/{account}/streams"])
    assert code == 0
    assert "MUNICIPAL_CULTURE" in output.decode().split()
    assert town.container("nats").exec_run(["ls", "/data/jetstream/$G"]).exit_code != 0
