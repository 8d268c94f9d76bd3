"""Who did something today, as a hash that says nothing tomorrow: its key is in memory alone and lives one day."""

import hashlib
import hmac
import secrets
from datetime import date

KEY_BYTES = 32


class DailyHash:
    """Hashes what must be counted but never kept, such as an address; one for each process.

    Nobody who reads a database or a backup can find out whom a hash stands for, for the key is not there. After
    midnight, or after a restart, the same address has another hash.
    """

    def __init__(self) -> None:
        """Begin without a key."""
        self._day: date | None = None
        self._key = b""

    def of(self, day: date, *words: str) -> str:
        """Hash these words with the key of the day, which is drawn anew when the day is another one."""
        if day != self._day:
            self._day, self._key = day, secrets.token_bytes(KEY_BYTES)
        return hmac.new(self._key, "\0".join(words).encode(), hashlib.sha256).hexdigest()
