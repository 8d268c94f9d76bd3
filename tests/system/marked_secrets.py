"""What nobody is ever shown again, or only those whom it concerns: keys, links, passwords, invitations, whose ids."""

import re
import secrets
import sqlite3
from email import message_from_bytes
from email.message import Message
from typing import Any

import httpx

from shared.auth import SCOPES
from tests.system.marked_town import API, MarkedTown
from tests.system.stack import eventually

INVITATIONS: dict[str, dict[str, Any]] = {
    "invitation as member into A": {"role": "member"},
    "invitation as leader into A": {"role": "leader"},
    "invitation as administrator": {"administrator": True},
}
IN_LINK = re.compile(r"(?<!/unsubscribe\?)(?:link|key)=([\w.-]{20,})")
"""Those of the registry, of a code, of one's own data, and of the answer to an invitation to a meeting."""
TO_END_LETTERS = re.compile(r"(?:/unsubscribe\?key|/act/[a-z_]+\?press)=([\w.-]{20,})")
"""In a letter about an alert, of which there may be any number: to end letters, and of its buttons."""


def hide(town: MarkedTown) -> None:
    """Make the secrets of a neighbourhood whose people are registered, and mark them."""
    _invite(town)
    _make_keys(town)
    _set_password(town)
    _ask_for_letters(town)
    _open_channels(town)
    eventually(lambda: len(_found_in_letters(town, IN_LINK)) == len(INVITATIONS) + 3, 30)
    for secret in _found_in_letters(town, IN_LINK) | _found_in_letters(town, TO_END_LETTERS):
        town.marks.known(secret, "secret", "link in a letter")


def mark_sessions(town: MarkedTown) -> None:
    """Mark the ids of sessions: where somebody is signed in concerns them alone."""
    names = {person_id: who for who, person_id in town.people.items()}
    with sqlite3.connect(town.stack.data / "registry.sqlite", timeout=30) as database:
        for session_id, person_id in database.execute("SELECT id, person_id FROM session"):
            town.marks.known(session_id, f"session of {names[person_id]}", "id")
    database.close()


def _invite(town: MarkedTown) -> None:
    for row, asked in INVITATIONS.items():
        where = {"organisation_id": town.organisations["A"]} if "role" in asked else {}
        body = {"name": town.marks.word(row, "name"), "email": town.marks.email(row, "email"), **where, **asked}
        town.stack.post(f"{API}/invitations", body)


def _make_keys(town: MarkedTown) -> None:
    """Make the member a key that may read everything, and a private feed."""
    name = town.marks.word("key of member", "name")
    with town.program("member") as http:
        body = {"name": name, "scopes": [scope for scope in SCOPES if scope.endswith(":read")]}
        key = http.post(f"{API}/keys", json=body).raise_for_status().json()
        feed = http.post(f"{API}/keys/feed", json={}).raise_for_status().json()
    town.key_id, town.key, town.feed = key["id"], key["key"], feed["address"].rpartition("/")[2].removesuffix(".ics")
    for text in (town.key, town.feed):
        town.marks.known(text.rpartition("_")[2], "secret", f"key {text[:12]}…")


def _set_password(town: MarkedTown) -> None:
    password = town.marks.known(f"haslo-{secrets.token_hex(12)}", "secret", "password")
    with town.browser("member") as browser:
        answer = browser.post("/registry/account/password", data={"password": password})
    assert answer.status_code == 303, answer.text


def _ask_for_letters(town: MarkedTown) -> None:
    """Ask for a code and for one's own data, with Maria's address and with one that nobody has."""
    maria = next(mark for mark in town.marks.of("public contact of Maria") if mark.what == "email")
    with httpx.Client(base_url=town.stack.address, headers={"Sec-Fetch-Site": "same-origin"}) as http:
        for address in (f"{maria.value}@example.org", town.marks.email("secret", "address that nobody has")):
            assert http.post("/registry/sign-in", data={"address": address}).status_code < 400
            assert http.post("/registry/own-data/ask", data={"email": address}).status_code < 400


def _open_channels(town: MarkedTown) -> None:
    """Give the member a private feed of their alerts, and an address of another network."""
    topic = town.marks.known(f"temat-{secrets.token_hex(12)}", "secret", "address of another network")
    with town.browser("member") as browser:
        page = browser.post("/notifications/settings/channels/feed").raise_for_status().text
        added = browser.post("/notifications/settings/channels/push", data={"url": f"ntfys://ntfy.example.org/{topic}"})
    assert added.status_code == 303, added.text
    [feed] = set(re.findall(r"/notifications/feed/osk_[0-9a-f]+_([0-9a-f]+)\.atom", page))
    town.marks.known(feed, "secret", "feed of alerts")


def _found_in_letters(town: MarkedTown, pattern: re.Pattern[str]) -> set[str]:
    letters = [message_from_bytes(file.read_bytes()) for file in (town.stack.data / "mail").glob("*.eml")]
    return {secret for letter in letters for secret in pattern.findall(_text_of(letter))}


def _text_of(letter: Message) -> str:
    parts = (part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart())
    return "\n".join(part.decode() for part in parts if isinstance(part, bytes))
