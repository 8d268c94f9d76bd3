"""The data folder: made when absent, and held by one running installation at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


class DataFolderProblem(Exception):
    """The data folder cannot be used; the message is one sentence for the person who starts us."""


class DataFolderTaken(DataFolderProblem):
    """Another running installation holds the folder."""


class DataFolderLock:
    """The exclusive hold on a data folder; the system ends it with the process, however that ends."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file

    def release(self) -> None:
        """Let another process have the folder."""
        self._file.close()


def lock_data_folder(data: Path) -> DataFolderLock:
    """Make the folder, hold it, and write our process id into its `lock`; raises `DataFolderProblem`."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("a+")
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataFolderProblem(
            f"The data folder {data.resolve()} cannot be written ({reason}); choose another one with DATA=folder."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = _holder(file)
        file.close()
        raise DataFolderTaken(
            f"Osiedle already runs on the data folder {data.resolve()}{holder}; stop it first, or choose DATA=folder."
        ) from None
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return DataFolderLock(file)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the folder for the time of a `with`; raises `DataFolderProblem`."""
    lock = lock_data_folder(data)
    try:
        yield
    finally:
        lock.release()


def _holder(file: IO[Any]) -> str:
    file.seek(0)
    pid = file.read().strip()
    return f" (process {pid})" if pid else ""
