"""The file of a backup, and files that take the place of others: whole or not at all, wherever it is interrupted."""

import tarfile
from datetime import UTC, datetime

import pytest

from deploy.backups import archive, swapping
from deploy.backups.manifest import Damaged
from tests.unit.backups.test_manifest import a_manifest


@pytest.fixture
def written(tmp_path):
    work = tmp_path / "work"
    (work / "databases").mkdir(parents=True)
    (work / "databases" / "map.sqlite").write_bytes(b"places" * 1000)
    members = {"databases/map.sqlite": archive.member_of(work / "databases" / "map.sqlite")}
    target = tmp_path / "osiedle-20260501T000000Z.tar"
    archive.write(target, a_manifest(members=members, made_at=datetime(2026, 5, 1, tzinfo=UTC)), work)
    return target


def test_what_was_written_comes_out_and_only_its_owner_reads_it(written, tmp_path):
    manifest = archive.extract(written, tmp_path / "out")
    assert (tmp_path / "out" / "databases" / "map.sqlite").read_bytes() == b"places" * 1000
    assert manifest == archive.read_manifest(written)
    assert written.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix == ".draft") == []


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6])
def test_a_flipped_byte_is_found(written, tmp_path, place):
    data = bytearray(written.read_bytes())
    start = data.index(b"places")
    data[start + int(5000 * place)] ^= 1
    written.write_bytes(data)
    with pytest.raises(Damaged):
        archive.extract(written, tmp_path / "out")


def test_a_backup_that_was_cut_is_damaged(written, tmp_path):
    written.write_bytes(written.read_bytes()[:4000])
    with pytest.raises(Damaged):
        archive.extract(written, tmp_path / "out")


def test_what_the_manifest_does_not_name_is_not_taken_out(written, tmp_path):
    with tarfile.open(written, "a") as tar:
        tar.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(Damaged, match="says nothing of"):
        archive.extract(written, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


class Interrupted(Exception):
    """The power failed."""


@pytest.mark.parametrize("renames", range(7))
def test_wherever_it_is_interrupted_the_next_call_finishes_it(tmp_path, monkeypatch, renames):
    data, new = tmp_path / "data", tmp_path / "new"
    for folder, words in ((data, "old"), (new, "new")):
        (folder / "keys").mkdir(parents=True)
        (folder / "keys" / "one").write_text(words)
        (folder / "map.sqlite").write_text(words)
    (data / "map.sqlite-wal").write_text("old")
    names = ("keys", "map.sqlite", "map.sqlite-wal")
    swapping.bring_beside(data, {data / name: new / name for name in names})
    assert (data / "map.sqlite").read_text() == "old"

    left, rename = [renames], type(data).rename

    def fails(self, target):
        if left[0] == 0:
            raise Interrupted
        left[0] -= 1
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(type(data), "rename", fails)
        try:
            swapping.put_in_place(data)
        except Interrupted:
            assert renames < 5
    assert swapping.finish(data)
    assert (data / "keys" / "one").read_text() == (data / "map.sqlite").read_text() == "new"
    assert sorted(file.name for file in data.iterdir()) == ["keys", "map.sqlite"]
    assert not swapping.finish(data)


def test_what_is_abandoned_leaves_everything_as_it_was(tmp_path):
    data, new = tmp_path / "data", tmp_path / "new"
    for folder in (data, new):
        folder.mkdir()
        (folder / "map.sqlite").write_text(folder.name)
    swapping.bring_beside(data, {data / "map.sqlite": new / "map.sqlite"})
    swapping.abandon(data)
    assert not swapping.finish(data)
    assert [(file.name, file.read_text()) for file in data.iterdir()] == [("map.sqlite", "data")]
