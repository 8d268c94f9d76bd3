"""Shape of a contact that everybody may see."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.map.models import ContactKind
from shared.messages.registry import Role


class Contact(BaseModel):
    """A way to reach the organisation whose place it is; with a name it is that of one of its people.

    `link` is where it leads (`tel:`, `mailto:`), `e164` the number of a telephone without its extension. From `until`
    on nobody agreed that it is shown.
    """

    model_config = ConfigDict(from_attributes=True)

    kind: ContactKind
    value: str
    link: str
    e164: str | None
    label: str
    person_name: str | None
    role: Role | None
    until: datetime | None


OF_ROW = ("kind", "value", "link", "e164", "label", "person_name", "role", "until_at")
FIELDS = tuple(Contact.model_fields)
of_row = attrgetter(*OF_ROW)


def contacts_shown(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Give what `Contact` says of each as plain values."""
    return [dict(zip(FIELDS, of_row(row), strict=True)) for row in rows]


def values_of(contacts: Iterable[Contact], kind: ContactKind) -> str:
    """Give all numbers, or all addresses, in one line."""
    return ", ".join(one.value for one in contacts if one.kind == kind)
