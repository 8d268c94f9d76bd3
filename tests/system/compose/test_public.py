"""Three lines make an installation public: HTTPS, `__Host-` cookies, mail; without one of them it does not start."""

import socket
import ssl
import time

import httpx
import pytest

from tests.system.compose.installation import Installation
from tests.system.stack import free_port

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]

NAME = "osiedle.example.org"
LINES = {"ADDRESS": NAME, "OPERATOR_EMAIL": "anna@example.org", "SMTP_HOST": "mail.example.org"}
ROOT_OF_CADDY = "/data/caddy/pki/authorities/local/root.crt"
SAID = "with ADDRESS, .env also needs OPERATOR_EMAIL=(your mail address) and SMTP_HOST=(your mail server)"


@pytest.fixture(scope="module")
def public(images, tmp_path_factory):
    """Start a public installation with certificates of Caddy's own CA, at ports that are free here."""
    folder = tmp_path_factory.mktemp("public")
    public = Installation(folder)
    public.https_port, public.http_port = free_port(), free_port()
    ports = {"HTTP_PORT": f"127.0.0.1:{public.http_port}", "HTTPS_PORT": f"127.0.0.1:{public.https_port}"}
    public.lines = LINES | ports | {"TLS": "internal"}
    try:
        public.start(**public.lines)
        (folder / "root.crt").write_bytes(public.container("gateway").exec_run(["cat", ROOT_OF_CADDY]).output)
        public.trusted = ssl.create_default_context(cafile=folder / "root.crt")
        yield public
    finally:
        public.remove()


@pytest.fixture
def https(public):
    with httpx.Client(verify=public.trusted, timeout=30, headers={"Host": NAME}) as client:
        yield lambda method, path, **more: client.request(
            method, f"https://127.0.0.1:{public.https_port}{path}", extensions={"sni_hostname": NAME}, **more
        )


def test_the_main_page_is_there_by_https_alone(public, https):
    page = https("GET", "/")
    assert page.status_code == 200
    assert "Osiedle" in page.text
    assert page.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    redirect = httpx.get(f"http://127.0.0.1:{public.http_port}/", headers={"Host": NAME})
    assert redirect.status_code in (301, 308)
    assert redirect.headers["location"] == f"https://{NAME}/"


def test_who_signs_in_gets_cookies_for_this_host_alone(public, https):
    printed = public.container("registry").exec_run(["osiedle", "sign-in-link"], demux=True)[1][0].decode()
    address, _, secret = printed.strip().split()[-1].partition("?link=")
    assert address == f"https://{NAME}/registry/sign-in"
    origin = {"Origin": f"https://{NAME}", "Sec-Fetch-Site": "same-origin"}
    signed_in = https("POST", "/registry/sign-in", data={"link": secret}, headers=origin)
    cookies = [line for line in signed_in.headers.get_list("set-cookie") if "osiedle_session" in line]
    assert cookies
    assert all(line.startswith("__Host-") and "Secure" in line and "Path=/" in line for line in cookies)


def test_mail_leaves_by_the_server_that_was_named(public):
    told = public.container("notifications").exec_run(["env"]).output.decode().splitlines()
    assert {"OSIEDLE_MAIL=smtp", "OSIEDLE_SMTP_HOST=mail.example.org"} <= set(told)
    assert "OSIEDLE_MAIL_FROM=Osiedle <anna@example.org>" in told


def test_everybody_reaches_the_gateway_and_nobody_anything_else(public):
    with_ports = {
        service: ports
        for service in ("registry", "calendar", "map", "notifications", "nats", "postgres", "gateway")
        if (ports := {port: bound for port, bound in public.container(service).ports.items() if bound})
    }
    assert with_ports.keys() == {"gateway"}
    assert with_ports["gateway"].keys() == {"80/tcp", "443/tcp", "8080/tcp"}
    assert with_ports["gateway"]["8080/tcp"][0]["HostIp"] == "127.0.0.1"


@pytest.mark.parametrize("missing", ["OPERATOR_EMAIL", "SMTP_HOST"])
def test_a_public_start_that_lacks_a_line_is_refused_in_one_sentence(missing, tmp_path):
    refused = Installation(tmp_path)
    answer = refused.attempt("up", "--detach", "--wait", **{k: v for k, v in LINES.items() if k != missing})
    assert answer.returncode != 0
    [sentence] = [line for line in answer.stderr.splitlines() if "level=warning" not in line]
    assert SAID in sentence
    assert missing in sentence.partition(":")[2]
    assert refused.docker.containers.list(all=True, filters={"name": f"{refused.project}-"}) == []
    refused.docker.close()
    refused.http.close()


def test_a_client_that_does_not_finish_its_request_is_let_go(public):
    """Else a few hundred of them are enough to take the gateway's memory."""
    with socket.create_connection(("127.0.0.1", public.port), timeout=60) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        while slow.recv(4096):
            pass
        assert time.monotonic() - began > 5
