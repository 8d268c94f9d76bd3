"""Passwords that stand in a file: `OSIEDLE_<NAME>_FILE` names it, for every setting that is a secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

PREFIX, SUFFIX = "OSIEDLE_", "_FILE"


def with_secrets_of_files(
    fields: Mapping[str, FieldInfo], values: Mapping[str, object], environment: Mapping[str, str]
) -> dict[str, object]:
    """Give the values of settings, and those secrets whose file the environment names, without the line's end.

    Raises `ValueError`, in one sentence, where a secret is given twice or its file cannot be read or is empty.
    """
    found = dict(values)
    for name, field in fields.items():
        variable = f"{PREFIX}{name.upper()}"
        file = environment.get(f"{variable}{SUFFIX}")
        if not file or not _is_secret(field):
            continue
        if environment.get(variable):
            raise ValueError(f"{variable} and {variable}{SUFFIX} are both set: keep one of them")
        found.setdefault(name, _read(Path(file), f"{variable}{SUFFIX}"))
    return found


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _read(file: Path, variable: str) -> str:
    try:
        secret = file.read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(
            f"{variable} names {file}, which cannot be read ({why}): let the service's user read it"
        ) from error
    if not secret:
        raise ValueError(f"{variable} names {file}, which is empty: write the password into it")
    return secret
