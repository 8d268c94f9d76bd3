"""A mail server's inbox for tests: as much of IMAP4rev1 (RFC 3501) as a client needs that reads and flags."""

import re
import socketserver
import threading
from typing import Any

LITERAL = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


class Inbox:
    """An inbox with these mails, which listens on a free port of this machine until it is closed."""

    def __init__(self, *mails: bytes, password: str = "tajne") -> None:
        self.mails = list(mails)
        self.seen: set[int] = set()
        self.password = password
        self.commands: list[str] = []
        inbox = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline().decode().strip():
                    tag, _, command = line.partition(" ")
                    for said in inbox.answer(command):
                        self.wfile.write(said if said.startswith((b"* ", b" ")) else f"{tag} ".encode() + said)
                    if command.upper() == "LOGOUT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Inbox":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, command: str) -> list[bytes]:
        """Answer one command; every list ends with what is tagged."""
        self.commands.append(command)
        name, _, rest = command.upper().partition(" ")
        if name == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n", b"OK done\r\n"]
        if name == "LOGIN":
            return [b"OK in\r\n"] if f'"{self.password}"' in command else [b"NO [AUTHENTICATIONFAILED] wrong\r\n"]
        if name == "SELECT":
            return [f"* {len(self.mails)} EXISTS\r\n".encode(), b"OK [READ-WRITE] opened\r\n"]
        if name == "LOGOUT":
            return [b"* BYE\r\n", b"OK bye\r\n"]
        return self._on_mails(rest) if name == "UID" else [b"BAD what\r\n"]

    def _on_mails(self, rest: str) -> list[bytes]:
        if rest.startswith("SEARCH"):
            unseen = [str(uid) for uid in range(1, len(self.mails) + 1) if uid not in self.seen]
            return [f"* SEARCH {' '.join(unseen)}\r\n".encode(), b"OK done\r\n"]
        verb, uid_text, what = rest.split(" ", 2)
        if verb == "STORE":
            self.seen |= {int(uid) for uid in uid_text.split(",")}
            return [b"OK stored\r\n"]
        uid = int(uid_text)
        mail = self.mails[uid - 1]
        if "RFC822.SIZE" in what:
            return [f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})\r\n".encode(), b"OK done\r\n"]
        found = LITERAL.search(what)
        assert found is not None
        part = mail[: int(found[1])]
        head = f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode()
        return [head + part + b")\r\n", b"OK done\r\n"]
