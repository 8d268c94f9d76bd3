"""Bounces: what a mail server says of a letter of ours by a mail of its own (RFC 3464, and 3462 for its parts).

A report names the address that was meant and, in the letter that it returns, the Message-ID, by which we know the
letter. Nothing else of it is believed: whoever knows a mailbox can write to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

MOST_BYTES = 1_000_000
"""What is longer is no report: it holds headers, or a letter of ours."""
MOST_PARTS = 20
MOST_RECIPIENTS = 50
STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
MESSAGE_ID = re.compile(r"<([^<>@\s]{1,200})@([^<>@\s]{1,255})>")
ADDRESS = re.compile(r"<?([^<>;\s]{1,64}@[^<>;\s]{1,255})>?\s*$")
NOBODY_THERE = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
"""Subject and detail of a status (RFC 3463 §3.2, §3.3; RFC 7505) by which the address is none, or is over."""


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of one letter to one address.

    `key` is the part of its Message-ID before the `@`, empty where the report returns nothing of the letter. `status`
    is as in RFC 3463, such as `5.1.1`. Who is told something permanent may try another address; `is_address` says
    that there is nobody at this one.
    """

    key: str
    domain: str
    address: str
    status: str
    is_permanent: bool
    is_address: bool


def invitation_of(key: str) -> tuple[str, int]:
    """Give which letter of invitation a key names, and in which version of it; no letter, where it names none."""
    letter_id, _, version = key.rpartition("-")
    return (letter_id, int(version)) if version.isascii() and version.isdigit() and len(version) < 10 else ("", 0)


def bounces_in(raw: bytes) -> tuple[Bounce, ...]:
    """Read a mail: one bounce for each address of which it says that a letter failed, or waits; else none.

    A mail that is no report, is too long or is broken holds none, and nothing is raised.
    """
    if len(raw) > MOST_BYTES:
        return ()
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        return tuple(_of_exim(message) if _is_plain(message) else _of_report(message))
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):  # whatever strangers write
        return ()


def _of_report(message: Message) -> Iterator[Bounce]:
    """Read a report with a part for programs (RFC 3464 §2); Postfix, Exchange, Gmail and newer Exim write these."""
    parts = _parts(message)
    status_part = next((one for one in parts if one.get_content_type().startswith("message/delivery-status")), None)
    if status_part is None:
        return
    key, domain = _returned_id(parts, message)
    for fields in _groups(status_part)[:MOST_RECIPIENTS]:
        bounce = _of_recipient(fields, key, domain)
        if bounce is not None:
            yield bounce


def _of_recipient(fields: Message, key: str, domain: str) -> Bounce | None:
    """Read the fields of one recipient (RFC 3464 §2.3); what got through, or was passed on, is no bounce."""
    action = str(fields.get("Action", "")).strip().lower()
    meant = fields.get("Original-Recipient") or fields.get("Final-Recipient")
    if meant is None or action not in ("failed", "delayed"):
        return None
    found = ADDRESS.search(str(meant).rpartition(";")[2].strip())
    status = STATUS.match(str(fields.get("Status", "")))
    if status is None or status[2] == status[3] == "0":  # Exim says 5.0.0, and what the other server said stands below
        status = STATUS.search(str(fields.get("Diagnostic-Code", ""))) or status
    if found is None or status is None:
        return None
    kind, subject, detail = status[1], int(status[2]), int(status[3])
    is_permanent = action == "failed" and kind == "5"
    return Bounce(
        key=key,
        domain=domain,
        address=found[1],
        status=f"{kind}.{subject}.{detail}",
        is_permanent=is_permanent,
        is_address=is_permanent and (subject, detail) in NOBODY_THERE,
    )


def _is_plain(message: Message) -> bool:
    """Say whether it is a report in words alone, as Exim wrote before 4.85 and still does where told so."""
    return message.get("X-Failed-Recipients") is not None and not any(
        one.get_content_type() == "message/delivery-status" for one in _parts(message)
    )


def _of_exim(message: Message) -> Iterator[Bounce]:
    """Read such a report by its header `X-Failed-Recipients`; of its words only the enhanced status is believed."""
    text = next((_text(one) for one in _parts(message) if one.get_content_type() == "text/plain"), "")
    said = re.search(r"\b5[0-9][0-9][ -]+(5\.\d{1,3}\.\d{1,3})\b", text)
    status = said[1] if said else "5.0.0"
    known = [MESSAGE_ID.search(line) for line in re.findall(r"(?im)^message-id:.*$", text)]
    key, domain = next(((one[1], one[2]) for one in known if one), ("", ""))
    subject, detail = (int(one) for one in status.split(".")[1:])
    for address in str(message["X-Failed-Recipients"]).split(",")[:MOST_RECIPIENTS]:
        if found := ADDRESS.search(address.strip()):
            yield Bounce(key, domain, found[1], status, True, (subject, detail) in NOBODY_THERE)


def _returned_id(parts: list[Message], report: Message) -> tuple[str, str]:
    """Find the Message-ID of the letter: in what is returned of it, else in what the report refers to."""
    for part in parts:
        if part.get_content_type() in ("message/rfc822", "message/global"):
            inner = part.get_payload()
            returned = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(returned, Message) and (found := MESSAGE_ID.search(str(returned.get("Message-ID", "")))):
                return found[1], found[2]
        if part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            named = re.search(r"(?im)^message-id:\s*(<[^>\s]+>)", _text(part))
            if named and (found := MESSAGE_ID.search(named[1])):
                return found[1], found[2]
    for name in ("In-Reply-To", "References"):
        if found := MESSAGE_ID.search(str(report.get(name, ""))):
            return found[1], found[2]
    return "", ""


def _groups(status_part: Message) -> list[Message]:
    """Give the groups of fields; the first is of the message as a whole (RFC 3464 §2.1)."""
    payload = status_part.get_payload()
    groups = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    return [one for one in groups if one.get("Final-Recipient") or one.get("Original-Recipient")]


def _parts(message: Message) -> list[Message]:
    """Give its parts, but not those of the letter that it returns."""
    if not message.is_multipart():
        return [message]
    payload = message.get_payload()
    found: list[Message] = []
    for part in (payload if isinstance(payload, list) else [])[:MOST_PARTS]:
        if isinstance(part, Message):
            nested = part.get_content_maintype() == "multipart"
            found.extend(_parts(part) if nested else [part])
    return found[:MOST_PARTS]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode(errors="replace")
    return str(part.get_payload())
