"""Alembic's environment for every service: runs on the connection, and in the transaction, that it is given."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from shared import columns


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(item, columns.Id | columns.Instant):
        autogen.imports.add("from shared import columns")
        return f"columns.{type(item).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=context.config.attributes.get("batch", True),
    render_item=render_item,
    compare_type=False,
)
context.run_migrations()
