"""Mails that answer an invitation, in the shapes of `tests/data/replies`."""

import base64
import quopri
from email import message_from_bytes
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "replies"
SHAPES = {"outlook": "yes", "google": "maybe", "apple": "no", "thunderbird": "yes"}
"""Each shape with what it answers."""


def reply_mail(shape: str, *, uid: str, attendee: str, organizer: str, sequence: int = 0) -> bytes:
    """Fill in a shape as that program would have."""
    values = {
        "UID": uid,
        "SEQUENCE": str(sequence),
        "ATTENDEE_CAPITALS": attendee.upper(),
        "ATTENDEE": attendee,
        "ORGANIZER": organizer,
    }

    def filled(raw: bytes) -> bytes:
        for name, value in values.items():
            raw = raw.replace(f"@{name}@".encode(), value.encode())
        return raw

    message = message_from_bytes(filled((FOLDER / f"{shape}.eml").read_bytes()))
    for part in message.walk():
        encoding = str(part.get("Content-Transfer-Encoding", "8bit")).lower()
        if not part.is_multipart() and encoding in ("base64", "quoted-printable"):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            encoded = base64.encodebytes if encoding == "base64" else quopri.encodestring
            part.set_payload(encoded(filled(content)).decode("ascii"))
    return message.as_bytes()
