"""Which Osiedle this is, for those who keep it running; the same as in `pyproject.toml`, which no image has."""

VERSION = "0.1.0"
