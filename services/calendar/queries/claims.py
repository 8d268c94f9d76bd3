"""Asking the claims: which of other events' claims overlap these, by one range of one index for each.

All probes go to the database as one value; the cost does not grow with what is stored, only with what is met.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from services.calendar.domain.claims import DAY, Claim
from services.calendar.domain.conflicts import Hit

NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id of an event that is not stored yet."""

_SQLITE = text("""
SELECT p.kind, p.key, p.start, p."end", c.event_id AS other_id, c.start AS other_start, c."end" AS other_end,
       p.direct, c.direct AS other_direct, c.hard AS other_hard, c.quantity,
       p.recurrence, c.recurrence AS other_recurrence
  FROM (SELECT json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS key,
               json_extract(value, '$[2]') AS start, json_extract(value, '$[3]') AS "end",
               json_extract(value, '$[4]') AS day, json_extract(value, '$[5]') AS direct,
               json_extract(value, '$[6]') AS recurrence
          FROM json_each(:probes)) AS p
 CROSS JOIN claim AS c
 WHERE c.kind = p.kind AND c.key = p.key AND c.start >= p.day AND c.start < p."end" AND c."end" > p.start
   AND c.event_id <> :event_id
""")
_POSTGRESQL = text("""
SELECT p.kind, p.key, p.start, p."end", CAST(c.event_id AS text) AS other_id, c.start AS other_start,
       c."end" AS other_end, p.direct, c.direct AS other_direct, c.hard AS other_hard, c.quantity,
       p.recurrence, c.recurrence AS other_recurrence
  FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:starts AS bigint[]), CAST(:ends AS bigint[]),
              CAST(:days AS bigint[]), CAST(:directs AS boolean[]), CAST(:recurrences AS bigint[]))
       AS p (kind, key, start, "end", day, direct, recurrence)
  JOIN claim AS c
    ON c.kind = p.kind AND c.key = p.key AND c.start >= p.day AND c.start < p."end" AND c."end" > p.start
 WHERE c.event_id <> CAST(:event_id AS uuid)
""")


def claims_met(session: Session, probes: Sequence[Claim], event_id: str) -> list[Hit]:
    """Find the claims of other events that these probes overlap, by one range of the claims' index each."""
    if not probes:
        return []
    statement, values = search(session, probes)
    return [
        Hit(
            row.kind, row.key, row.start, row.end, row.other_id, row.other_start, row.other_end,
            bool(row.direct), bool(row.other_direct), bool(row.other_hard), row.quantity,
            row.recurrence, row.other_recurrence,
        )
        for row in session.execute(statement, {**values, "event_id": event_id})
    ]  # fmt: skip


def search(session: Session, probes: Sequence[Claim]) -> tuple[TextClause, dict[str, Any]]:
    """Choose the statement of the dialect and write the probes as it takes them; `day` is the claim's midnight."""
    if session.get_bind().dialect.name == "sqlite":
        rows = [
            (one.kind, one.key, one.start, one.end, one.start // DAY * DAY, int(one.direct), one.recurrence)
            for one in probes
        ]
        return _SQLITE, {"probes": json.dumps(rows)}
    return _POSTGRESQL, {
        "kinds": [one.kind for one in probes],
        "keys": [one.key for one in probes],
        "starts": [one.start for one in probes],
        "ends": [one.end for one in probes],
        "days": [one.start // DAY * DAY for one in probes],
        "directs": [one.direct for one in probes],
        "recurrences": [one.recurrence for one in probes],
    }
