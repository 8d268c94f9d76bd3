"""What is committed names no machine and no package index, and its documents lead somewhere."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from shared.version import VERSION

ROOT = Path(__file__).resolve().parents[3]
FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|root)/(?!\{)[\w.]|/tmp/(?:brief|setup)|\b(?:files\.)?py"
    r"pi\.org|py"
    r"thonhosted|registry\.npm"
    r"js"
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
BINARY = {".png", ".woff2", ".ico", ".jpg"}


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_index_or_a_path_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in committed()
        if path.suffix not in BINARY
        for match in FOREIGN.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


DOCUMENTS = sorted(str(path.relative_to(ROOT)) for path in committed() if path.suffix == ".md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file(document):
    path = ROOT / document
    targets = [link for link in LINK.findall(path.read_text()) if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in targets if not (path.parent / link).exists()] == []


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named
    assert named <= targets


def test_every_locked_requirement_has_a_hash_and_no_address():
    for file in (ROOT / "deploy/requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=\S)", file.read_text())
        pinned = [block for block in blocks if "==" in block.splitlines()[0]]
        assert pinned
        assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []
        assert "://" not in file.read_text()


def test_nats_is_of_one_minor_version_embedded_and_in_compose():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = re.search(r">=(\d+\.\d+)", extras["embedded"][0])
    image = re.search(r"image: nats:(\d+\.\d+)-alpine", (ROOT / "docker-compose.yml").read_text())
    assert asked
    assert image
    assert asked[1] == image[1]


def test_the_version_that_services_tell_is_that_of_the_project():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
