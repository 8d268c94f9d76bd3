"""Everything that starts, ships and shows Osiedle."""

VERSION = "0.1.0"
"""The same as in pyproject.toml."""
