"""What the demo made here, written down while it is made: by this alone it is known when it is taken away again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from deploy.demo.client import Client

FILE = "demo-made.jsonl"


class Made(NamedTuple):
    """One thing: its kind, and the path at which the API has it."""

    kind: str
    path: str

    @property
    def id(self) -> str:
        """Its id."""
        return self.path.rpartition("/")[2]


class Ledger:
    """A file in the data folder: a line for each thing made, then one with the version that each had at the end."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self.made: list[Made] = []
        self.versions: dict[str, int] = {}
        """By path; who finds another version knows that somebody changed it."""
        for line in self.file.read_text().splitlines() if self.file.is_file() else ():
            said = json.loads(line)
            if "versions" in said:
                self.versions |= said["versions"]
            else:
                self.made.append(Made(**said))

    def note(self, kind: str, path: str) -> None:
        """Write down, at once, that something was made."""
        self.made.append(Made(kind, path))
        self._write({"kind": kind, "path": path})

    def finish(self, versions: Mapping[str, int]) -> None:
        """Write down how everything was left; what was written before stays, for it may have been changed since."""
        fresh = {path: version for path, version in versions.items() if path not in self.versions}
        self.versions |= fresh
        self._write({"versions": fresh})

    def forget(self) -> None:
        """Take the file away: nothing of the demo is left to be taken away."""
        self.file.unlink(missing_ok=True)

    def _write(self, line: Mapping[str, Any]) -> None:
        with self.file.open("a") as file:
            file.write(json.dumps(line) + "\n")


async def versions_of(client: Client, made: list[Made]) -> dict[str, int]:
    """Ask in which version each thing stands that has one in a list of its kind."""
    rows = await rows_of(client, made)
    return {path: int(row["version"]) for path, row in rows.items() if "version" in row}


async def rows_of(client: Client, made: list[Made]) -> dict[str, dict[str, Any]]:
    """Read by path everything that stands in the lists in which the demo's things are, whoever made it."""
    lists = sorted(
        {one.path.rpartition("/")[0] for one in made if one.kind not in ("contacts", "decisions", "supports")}
    )
    return {f"{path}/{row['id']}": row for path in lists for row in await client.all(path)}
