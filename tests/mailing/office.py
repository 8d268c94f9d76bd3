"""A mail server as a program of its own (aiosmtpd): it writes down each letter that it takes, before it says so.

`python -m tests.mailing.office LEDGER PORT`. How it behaves, the address says, so that each run is the same:

- `grey…`: who comes for the first time is put off (451, RFC 6647);
- `dead…`: the first time the connection ends in the middle of the letter;
- `lost…`: the first time it takes the letter, and its answer never arrives: nobody can know that it was taken;
- `slow…`: it takes its time;
- `refused…`: there is nobody (550);
- all others are served at once.

A line of the ledger is `<seconds> <Message-ID> <recipient>`, by this machine's monotonic clock. The first letter stands
beside it as `<ledger>.eml`.
"""

import asyncio
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

SLOW_SECONDS = 0.3
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Office:
    """What aiosmtpd calls."""

    def __init__(self, ledger: Path) -> None:
        self._sample = ledger.with_name(ledger.name + ".eml")
        self._ledger = ledger.open("ab", buffering=0)
        self._seen: set[str] = set()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Answer to a recipient."""
        if address.startswith("refused"):
            return "550 5.1.1 No such user"
        if address.startswith("grey") and self._is_first(address):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter."""
        [address] = envelope.rcpt_tos
        if address.startswith("slow"):
            await asyncio.sleep(SLOW_SECONDS)
        if address.startswith("dead") and self._is_first(address):
            server.transport.abort()
            return "421 gone"
        self._take(address, envelope.original_content)
        if address.startswith("lost") and self._is_first(address):
            server.transport.abort()
            return "421 gone"
        return "250 OK"

    def _take(self, address: str, content: bytes) -> None:
        found = MESSAGE_ID.search(content)
        key = found[1].decode() if found else "none"
        self._ledger.write(f"{time.monotonic()} {key} {address}\n".encode())
        if not self._sample.exists():
            self._sample.write_bytes(content)

    def _is_first(self, address: str) -> bool:
        is_first = address not in self._seen
        self._seen.add(address)
        return is_first


def main(ledger: str, port: str) -> None:
    """Serve until asked to end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # before the server's thread begins, which inherits it
    controller = Controller(Office(Path(ledger)), hostname="127.0.0.1", port=int(port), ready_timeout=10)
    controller.start()
    print("open", flush=True)
    signal.sigwait({signal.SIGTERM})
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
