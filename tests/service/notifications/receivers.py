"""A real program that receives webhooks on this machine, and checks them as the standard says."""

import hmac
import json
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Answers with `statuses` in turn, the last one again and again, and keeps what came.

    It answers after so many `seconds`, and not before `is_ready`.
    """

    def __init__(self) -> None:
        self.statuses = [204]
        self.seconds = 0.0
        self.is_ready: Callable[[], bool] = lambda: True
        self.text = b""
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/alerts"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def bodies(self, secret: str) -> list[dict[str, Any]]:
        """Give what came, each looked at as a receiver would: the signature, and whether it is of this moment."""
        return [self._checked(secret, headers, body) for headers, body in self.taken]

    def _checked(self, secret: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        at = headers["webhook-timestamp"]
        key = b64decode(secret.removeprefix("whsec_"))
        signed = b".".join((headers["webhook-id"].encode(), at.encode(), body))
        expected = b64encode(hmac.new(key, signed, sha256).digest()).decode()
        assert f"v1,{expected}" in headers["webhook-signature"].split(" ")
        assert abs(time.time() - int(at)) < 300
        assert headers["content-type"] == "application/json"
        read: dict[str, Any] = json.loads(body)
        assert set(read) == {"type", "timestamp", "data"}
        return read

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                time.sleep(receiver.seconds)
                while not receiver.is_ready():
                    time.sleep(0.02)
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                if status != 204:
                    self.send_header("Content-Length", str(len(receiver.text)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(receiver.text)

            def log_message(self, *_: object) -> None:
                """Keep the tests' output short."""

        return Handler
