"""How requests are read from a connection: by uvicorn's quick protocol, with the bound on heads that it lacks."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 65_536
"""Room for a request's line and headers, and again for what may follow a body (RFC 9112 §7.1.2)."""
TOO_LONG = f"The head of a request may have {MOST_HEAD_BYTES} bytes. Send shorter headers or a shorter address."


class BoundedHeads(HttpToolsProtocol):
    """Refuses a head that does not end, and would otherwise be kept in memory for as long as somebody sends it."""

    _unfinished = 0

    def data_received(self, data: bytes) -> None:
        """Read on; what completed no head, body or request until now counts towards the bound."""
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > MOST_HEAD_BYTES and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.send_400_response(TOO_LONG)
            else:
                self.transport.close()

    def on_headers_complete(self) -> None:
        """Begin the request; one without a host is refused (RFC 9112 §3.2)."""
        self._unfinished = 0
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise ValueError("one Host header")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        self._unfinished = 0
        super().on_message_complete()
