"""What the operator says of accessibility and personal data, read anew each time, so that a change needs no restart."""

from pathlib import Path

from services.registry.domain.statements import Statements, statements_of


def statements(file: Path) -> Statements:
    """Read the operator's file; where there is none, nothing is said, and where it is wrong, `fault` says so."""
    try:
        return statements_of(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Statements()
    except (OSError, UnicodeDecodeError) as error:
        return Statements(fault=f"It cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.")
