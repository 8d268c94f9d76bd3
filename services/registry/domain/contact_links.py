"""Where a contact leads: it can be called, written to or opened."""

from services.registry.domain.phones import e164_of
from services.registry.domain.plans import ContactKind


def link_of(kind: ContactKind, value: str) -> str | None:
    """Give the address that a contact leads to (RFC 3966, RFC 6068), as far as there is one."""
    if kind == "phone":
        number, extension = e164_of(value)
        return f"tel:{number};ext={extension}" if extension else f"tel:{number}"
    if kind == "email":
        return f"mailto:{value}"
    if kind == "website" and value.startswith(("https://", "http://")):
        return value
    return None
