"""A registry of before the taxonomy: its organisations' themes become codes, and no word is lost."""

import json
import shutil
from pathlib import Path

from sqlalchemy import text

from services.registry.models import Base
from shared import migrations
from shared.database import Database
from shared.identifiers import new_id

VERSIONS = Path(migrations.__file__).resolve().parents[2] / "services" / "registry" / "migrations"


def test_words_that_were_stored_become_codes_and_none_is_lost(database_url: str, tmp_path: Path) -> None:
    for file in sorted(VERSIONS.glob("000[1-5]_*.py")):
        shutil.copy(file, tmp_path)
    database = Database(database_url, Base.metadata, "registry")
    migrations.migrate(database.engine, "registry", Base.metadata, tmp_path)
    one, other = new_id(), new_id()
    insert = (
        "INSERT INTO organisation (id, version, name, kind, description, address, audiences, themes, search_text,"
        " created_at) VALUES (:id, 1, 'Klub', 'ngo', '', '', '[]', :themes, '', '2026-11-01 12:00:00')"
    )
    with database.engine.begin() as connection:
        connection.execute(text(insert), {"id": one, "themes": json.dumps(["Ogród", "święta", "sport", "Święta"])})
        connection.execute(text(insert), {"id": other, "themes": json.dumps(["sport"])})
    migrations.migrate(database.engine, "registry", Base.metadata)
    with database.engine.connect() as connection:
        rows = {str(row.id): row for row in connection.execute(text("SELECT * FROM organisation"))}
        new = connection.execute(text("SELECT * FROM theme WHERE code = 'swieta'")).one()
    themes = {key: row.themes if isinstance(row.themes, list) else json.loads(row.themes) for key, row in rows.items()}
    assert themes == {one: ["gardening", "swieta", "sport"], other: ["sport"]}
    assert [(rows[key].version, bool(rows[key].is_told)) for key in (one, other)] == [(2, False), (1, True)]
    assert (new.name_pl, new.name_en) == ("święta", "święta")
    database.engine.dispose()
