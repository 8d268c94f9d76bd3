"""Writes what each requirement file installs, with hashes and licences, as CycloneDX: `make sbom`, into `build/sbom/`.

CycloneDX' own tool reads the locked files, which name no licences; those it finds in what is installed here.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "deploy" / "requirements"
FOLDER = ROOT / "build" / "sbom"
NOT_SAID = {"colorama": "BSD-3-Clause", "protobuf": "BSD-3-Clause"}
"""Licences that a package's metadata leave out, as its own repository has them; colorama is for Windows alone."""
TOOL = (sys.executable, "-m", "cyclonedx_py")
FORM = ("--of", "JSON", "--sv", "1.6", "--output-reproducible", "--pyproject", str(ROOT / "pyproject.toml"))


def main() -> int:
    """Write one file for each requirement file, and the licences of all in a table; give how many are not valid."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    licences = licences_in(_told_by("environment", sys.executable))
    faults = 0
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        bom = with_licences(_told_by("requirements", str(file)), licences)
        text = json.dumps(bom, indent=2, ensure_ascii=False, sort_keys=True)
        fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
        (FOLDER / f"{file.stem}.json").write_text(text + "\n")
        unknown = [one["name"] for one in bom["components"] if not one.get("licenses")]
        print(f"{file.stem}: {len(bom['components'])} packages, no licence known of: {', '.join(unknown) or 'none'}")
        if fault is not None:
            print(f"{file.stem}: not valid CycloneDX: {fault}", file=sys.stderr)
            faults += 1
    return faults


def _told_by(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([*TOOL, *arguments, *FORM], check=True, capture_output=True, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def licences_in(environment: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Give the licences of each installed package, by its normal name."""
    found = {normal(one["name"]): one["licenses"] for one in environment["components"] if one.get("licenses")}
    return {name: [{"license": {"id": licence}}] for name, licence in NOT_SAID.items()} | found


def with_licences(bom: dict[str, Any], licences: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Put the licences into a list of packages; what is for other machines than this has none."""
    components = [
        {**one, "licenses": found} if (found := licences.get(normal(one["name"]))) else one for one in bom["components"]
    ]
    return {**bom, "components": components}


def normal(name: str) -> str:
    """Write a package's name as all indexes do (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
