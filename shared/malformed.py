"""What is wrong with bytes from outside, fault by fault, and the strict reading of JSON."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
"""What no database keeps: the character NUL, and halves of characters (surrogates)."""
DEEPEST = 8
MOST_FAULTS = 20
LONGEST_POINTER = 200


class Fault(NamedTuple):
    """One thing that is wrong: where (a JSON pointer, RFC 6901; empty for the whole) and what, in English."""

    pointer: str
    message: str


class Malformed(Exception):
    """These bytes are not a message that we know; trying again cannot help. `faults` says where, as far as known."""

    def __init__(self, text: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)


def pointer_of(path: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901 §3)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def malformed(what: str, faults: Iterable[tuple[str, str]]) -> Malformed:
    """Make the error that tells these faults: only the first of very many, only the beginning of a long pointer."""
    told = [Fault(pointer[:LONGEST_POINTER], message) for pointer, message in islice(faults, MOST_FAULTS)]
    return Malformed(f"{what}: {'; '.join(': '.join(filter(None, fault)) for fault in told)}", told)


def strict_json(body: bytes, most_bytes: int) -> Any:
    """Read JSON as strangers must write it (RFC 7493): small, shallow, each name once, texts that can be kept.

    Raises `Malformed`.
    """
    if len(body) > most_bytes:
        raise malformed("Too large", [("", f"{len(body)} bytes; at most {most_bytes} are taken")])
    try:
        value = json.loads(body, parse_constant=_refuse_constant, object_pairs_hook=_names_once)
    except RecursionError as error:
        raise malformed("Too deep", [("", f"at most {DEEPEST} levels are taken")]) from error
    except ValueError as error:
        raise malformed("The body is not JSON", [("", str(error))]) from error
    if faults := list(_unkeepable(value, ())):
        raise malformed("The body cannot be kept", faults)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _unkeepable(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    """Find what is too deep, and texts and names that no database keeps."""
    if len(path) > DEEPEST:
        yield pointer_of(path), f"at most {DEEPEST} levels are taken"
    elif isinstance(value, str) and UNKEEPABLE.search(value):
        yield pointer_of(path), "a character that cannot be kept"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if UNKEEPABLE.search(name):
                yield pointer_of(path), "a name with a character that cannot be kept"
            else:
                yield from _unkeepable(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unkeepable(inner, (*path, number))
