"""Sends one message by apprise and ends: `python -m services.notifications.clients.pushing_once`, JSON in, JSON out.

Apprise resolves names and connects by itself, in more than a hundred plugins. So not the address is looked at but each
connection when it is made, by an audit hook (PEP 578), which cannot be taken away again: what a name resolved to
before, a redirect, or what a plugin does beside, makes no difference. Nothing inside the network is reached unless the
operator allows it, nothing but internet sockets, and no other program is started.
"""

import json
import logging
import socket
import sys
from collections.abc import Collection
from importlib import import_module
from typing import Any

from shared.outgoing import PORTS, is_outside

USUAL = frozenset(PORTS.values())
REFUSED = "this address is not on the public internet"
SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
STARTING = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"})


class Guard:
    """Looks at every connection that this process makes, and remembers whether one was refused."""

    def __init__(self, allowed: Collection[str]) -> None:
        self.allowed = {place for name in allowed for place in _places(name)}
        self.has_refused = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what may not be reached, and to start anything."""
        if event in STARTING:
            self._refuse()
        if event in SENDING and not self._may_reach(arguments[0], arguments[1]):
            self._refuse()

    def _may_reach(self, used: Any, place: Any) -> bool:
        if getattr(used, "family", None) not in (socket.AF_INET, socket.AF_INET6) or not isinstance(place, tuple):
            return False
        host, port = str(place[0]), place[1]
        return (host, port) in self.allowed or (port in USUAL and is_outside(host))

    def _refuse(self) -> None:
        self.has_refused = True
        raise ConnectionRefusedError(REFUSED)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked: see whether an address can be used (`check`), or send `title` and `text` there."""
    try:
        apprise = import_module("apprise")  # 30 MB and most of a second that only this process spends
    except ImportError:
        return {"fault": "absent", "error": "apprise is not installed"}
    logging.disable(logging.CRITICAL)  # its log has addresses
    guard = Guard(asked["allowed"])
    reached = apprise.Apprise.instantiate(asked["url"], suppress_exceptions=True)
    if reached is None:
        return {"fault": "unknown", "error": "apprise does not understand this address"}
    if asked.get("check"):
        return {"fault": "inside"} if _is_inside(getattr(reached, "host", None), guard) else {}
    sys.addaudithook(guard)
    is_taken = bool(reached.notify(body=asked["text"], title=asked["title"]))
    return {"ok": is_taken, "error": REFUSED if guard.has_refused else "it was not taken"}


def _is_inside(host: Any, guard: Guard) -> bool:
    """Say whether a name leads nowhere but inside; a plugin's "host" may be a token, which leads nowhere at all."""
    found = _addresses(host) if isinstance(host, str) and host else []
    may = {one for one, _ in guard.allowed}
    return bool(found) and not any(one in may or is_outside(one) for one in found)


def _places(name: str) -> set[tuple[str, int]]:
    """Give the addresses and ports of a host that the operator allows, `name` or `name:port`."""
    host, _, port = name.partition(":")
    ports = {int(port)} if port.isdigit() else USUAL
    return {(address, one) for address in _addresses(host) for one in ports}


def _addresses(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin))))
