"""What places are found by: cells with their numbers, audiences and themes, opening hours, what is lent, what is taken.

Cells and ends are filled in here; the rest is filled by `rebuild`, and by every message that comes.
"""

import sqlalchemy as sa
from alembic import op

from services.map.domain.cells import cell_of
from shared import columns

revision: str = "0010"
down_revision: str | None = "0003"

SHIFTS = ((8, 32), (11, 26), (14, 20), (17, 14), (20, 8))
"""The levels of `place_cell`, and how far a place's own cell (level 24) is shifted to give the one of that level."""
COUNTED = ("cell", "latitude", "longitude", "kind", "over_at", "withdrawn")
LEVELS = ", ".join(f"({level}, {shift})" for level, shift in SHIFTS)

SQLITE_COUNT = """INSERT INTO place_cell (level, cell, kind, number, latitude_sum, longitude_sum)
SELECT at.column1, {row}.cell >> at.column2, {row}.kind, {sign}1,
       {sign}CAST(round({row}.latitude * 1000000) AS INTEGER), {sign}CAST(round({row}.longitude * 1000000) AS INTEGER)
FROM (VALUES {levels}) AS at
WHERE {row}.cell IS NOT NULL AND {row}.over_at IS NULL AND NOT {row}.withdrawn
ON CONFLICT (level, cell, kind) DO UPDATE SET number = number + excluded.number,
  latitude_sum = latitude_sum + excluded.latitude_sum, longitude_sum = longitude_sum + excluded.longitude_sum;"""

POSTGRES_COUNT = """INSERT INTO place_cell (level, cell, kind, number, latitude_sum, longitude_sum)
SELECT at.level, one.cell >> at.shift, one.kind, sum({sign}1),
       sum({sign}round(one.latitude * 1000000)::bigint), sum({sign}round(one.longitude * 1000000)::bigint)
FROM {rows} AS one CROSS JOIN (VALUES {levels}) AS at (level, shift)
WHERE one.cell IS NOT NULL AND one.over_at IS NULL AND NOT one.withdrawn
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (level, cell, kind) DO UPDATE SET number = place_cell.number + excluded.number,
  latitude_sum = place_cell.latitude_sum + excluded.latitude_sum,
  longitude_sum = place_cell.longitude_sum + excluded.longitude_sum;"""


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _add_columns()
    _make_tables()
    op.drop_index("ix_place_by_point", table_name="place")
    op.drop_index("ix_place_in_order", table_name="place")
    op.create_index("ix_place_in_order", "place", ["sort_text", "id", "latitude", "longitude", "kind"], unique=False)
    op.create_index("ix_place_by_cell", "place", ["cell", "latitude", "longitude"], unique=False)
    op.create_index("ix_place_over_at", "place", ["over_at"], unique=False)
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", "\\:")))
    _fill()


def _fill() -> None:
    """Give what stands its cell, so that it is found and counted, and say when events and facts are over."""
    place = sa.table("place", *map(sa.column, ("id", "latitude", "longitude", "cell", "lends", "kind", "over_at")))
    connection = op.get_bind()
    pointed = sa.select(place.c.id, place.c.latitude, place.c.longitude).where(place.c.latitude.is_not(None))
    rows = [{"the_id": one[0], "the_cell": cell_of(one[1], one[2])} for one in connection.execute(pointed)]
    if rows:
        ours = place.c.id == sa.bindparam("the_id")
        connection.execute(sa.update(place).where(ours).values(cell=sa.bindparam("the_cell")), rows)
    connection.execute(sa.update(place).where(place.c.kind == "venue").values(lends="space"))
    op.execute("UPDATE place SET over_at = ends_at WHERE kind = 'fact'")
    op.execute(
        "UPDATE place SET over_at = (SELECT max(ends_at) FROM known_occurrence WHERE event_id = place.id)"
        " WHERE kind = 'event'"
    )


def _add_columns() -> None:
    for column in (
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("at_seat", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("over_at", columns.Instant(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("audiences", sa.Text(), nullable=False, server_default=""),
        sa.Column("themes", sa.Text(), nullable=False, server_default=""),
        sa.Column("tags", sa.Text(), nullable=False, server_default=""),
        sa.Column("opening_hours", sa.Text(), nullable=False, server_default=""),
        sa.Column("step_free", sa.Boolean(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("lends", sa.String(length=20), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("takes_one", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("gap_minutes", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("place", column)
    op.add_column("known_event", sa.Column("tags", sa.Text(), nullable=False, server_default=""))


def _make_tables() -> None:
    op.create_table(
        "place_cell",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("latitude_sum", sa.BigInteger(), nullable=False),
        sa.Column("longitude_sum", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("level", "cell", "kind", name=op.f("pk_place_cell")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "venue_inside",
        sa.Column("venue_id", columns.Id(), nullable=False),
        sa.Column("ancestor_id", columns.Id(), nullable=False),
        sa.PrimaryKeyConstraint("venue_id", "ancestor_id", name=op.f("pk_venue_inside")),
    )
    op.create_index(op.f("ix_venue_inside_ancestor_id"), "venue_inside", ["ancestor_id"], unique=False)
    op.create_table(
        "venue_taken",
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("starts_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.Column("venue_id", columns.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["known_event.id"], name=op.f("fk_venue_taken_event_id_known_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "starts_at", name=op.f("pk_venue_taken")),
    )
    op.create_index("ix_venue_taken_in_time", "venue_taken", ["ends_at", "starts_at"], unique=False)
    op.create_index(op.f("ix_venue_taken_venue_id"), "venue_taken", ["venue_id"], unique=False)


def _triggers(dialect: str) -> list[str]:
    """Write what keeps `place_cell` right: on SQLite for each row, on PostgreSQL once for each statement."""
    if dialect == "sqlite":
        gone = SQLITE_COUNT.format(row="old", sign="-", levels=LEVELS)
        come = SQLITE_COUNT.format(row="new", sign="", levels=LEVELS)
        differs = " OR ".join(f"old.{name} IS NOT new.{name}" for name in COUNTED)
        return [
            f"CREATE TRIGGER place_come AFTER INSERT ON place WHEN new.cell IS NOT NULL BEGIN {come} END",
            f"CREATE TRIGGER place_gone AFTER DELETE ON place WHEN old.cell IS NOT NULL BEGIN {gone} END",
            f"CREATE TRIGGER place_changed AFTER UPDATE ON place WHEN {differs} BEGIN {gone} {come} END",
        ]
    gone = POSTGRES_COUNT.format(rows="gone", sign="-", levels=LEVELS)
    come = POSTGRES_COUNT.format(rows="come", sign="", levels=LEVELS)
    function = f"""CREATE FUNCTION count_places() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'INSERT' THEN {gone} END IF;
IF TG_OP <> 'DELETE' THEN {come} END IF;
RETURN NULL; END $$"""
    tables = {"INSERT": "NEW TABLE AS come", "DELETE": "OLD TABLE AS gone"}
    tables["UPDATE"] = " ".join(reversed(tables.values()))
    each = "FOR EACH STATEMENT EXECUTE FUNCTION count_places()"
    return [function] + [
        f"CREATE TRIGGER place_{what.lower()} AFTER {what} ON place REFERENCING {rows} {each}"
        for what, rows in tables.items()
    ]
