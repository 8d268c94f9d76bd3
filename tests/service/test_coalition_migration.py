"""A registry of before each organisation answered for itself: who had answered a suggested coalition stays known."""

import json
import shutil
from pathlib import Path

from sqlalchemy import text

from services.registry.models import Base
from shared import migrations
from shared.database import Database
from shared.identifiers import new_id

VERSIONS = Path(migrations.__file__).resolve().parents[2] / "services" / "registry" / "migrations"


def test_who_was_in_a_coalition_said_yes_and_who_declined_said_no(database_url: str, tmp_path: Path) -> None:
    for file in sorted(VERSIONS.glob("*.py")):
        if file.name < "0070":
            shutil.copy(file, tmp_path)
    database = Database(database_url, Base.metadata, "registry")
    migrations.migrate(database.engine, "registry", Base.metadata, tmp_path)
    ids = [new_id() for _ in range(4)]
    formed, open_one = new_id(), new_id()
    with database.engine.begin() as connection:
        for one in ids:
            connection.execute(text(ORGANISATION), {"id": one})
        for row in (
            {"id": formed, "state": "accepted", "because": "", "ids": ids[:2], "declined": []},
            {"id": open_one, "state": "suggested", "because": "Nie teraz.", "ids": ids[:2], "declined": ids[2:]},
        ):
            lists = {name: json.dumps(row[name]) for name in ("ids", "declined")}
            connection.execute(text(SUGGESTION), {**row, **lists, "identity": row["id"]})
    migrations.migrate(database.engine, "registry", Base.metadata)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM coalition_answer")).all()
    said = {(str(row.suggestion_id), str(row.organisation_id)): (row.answer, row.because) for row in rows}
    assert said == {
        (formed, ids[0]): ("accepted", ""),
        (formed, ids[1]): ("accepted", ""),
        (open_one, ids[2]): ("declined", ""),
        (open_one, ids[3]): ("declined", "Nie teraz."),
    }
    database.engine.dispose()


ORGANISATION = (
    "INSERT INTO organisation (id, version, name, kind, description, address, audiences, themes, search_text,"
    " created_at) VALUES (:id, 1, 'Klub', 'ngo', '', '', '[]', '[]', '', '2026-11-01 12:00:00')"
)
SUGGESTION = (
    "INSERT INTO initiative_suggestion (id, version, identity, kind, title, organisation_ids, declined_ids, reasons,"
    " state, because, created_at) VALUES (:id, 1, :identity, 'events', 'Park', :ids, :declined, '[]', :state, :because,"
    " '2026-11-01 12:00:00')"
)
