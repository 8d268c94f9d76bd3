"""Fetches what others made for our pages, with its licences; a maintainer runs it by `make vendor`, with npm."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "shared" / "pages" / "assets" / "vendor"
PACKAGES = {
    "leaflet": "1.9.4",
    "leaflet.markercluster": "1.5.3",
    "protomaps-leaflet": "5.1.0",
    "@fontsource-variable/atkinson-hyperlegible-next": "5.3.0",
    "@tabler/icons": "3.51.0",
    "esbuild": "0.28.2",
}
ICONS = {
    "bell": "bell",
    "building": "building",
    "calendar": "calendar-event",
    "check": "circle-check",
    "clock": "clock",
    "closure": "barrier-block",
    "copy": "copy",
    "down": "chevron-down",
    "download": "download",
    "edit": "pencil",
    "filter": "adjustments-horizontal",
    "hand": "heart-handshake",
    "home": "home",
    "info": "info-circle",
    "institution": "building-community",
    "left": "chevron-left",
    "link": "link",
    "list": "list-details",
    "mail": "mail",
    "map": "map-2",
    "meeting": "messages",
    "menu": "menu-2",
    "move": "calendar-time",
    "need": "help-circle",
    "people": "users",
    "person": "user-circle",
    "phone": "phone",
    "pin": "map-pin",
    "plus": "plus",
    "print": "printer",
    "repeat": "repeat",
    "resource": "box",
    "right": "chevron-right",
    "search": "search",
    "stop": "alert-octagon",
    "tree": "trees",
    "warning": "alert-triangle",
    "web": "world",
}
"""Our name of an icon → Tabler's name of it."""
ENTRY = 'import L from "leaflet"; import "leaflet.markercluster"; export default L;'
METAFILE = "basemap.json"
INJECTED = 'import L from "leaflet"; export { L };'


def main() -> None:
    """Fetch, bundle, write, and list what was written with its SHA-256."""
    if shutil.which("npm") is None:
        sys.exit("make vendor needs npm; everyone else can use the files that are committed.")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _install(work)
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        _leaflet(work)
        _basemap(work)
        _font(work)
        _icons(work)
        _licences(work)
    _sums()


def _install(work: Path) -> None:
    (work / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    # Install scripts stay off: esbuild's own binary comes as an optional package and needs none.
    subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=work, check=True)


def _leaflet(work: Path) -> None:
    """Bundle Leaflet and its clusters, which expect a global `L`, into one ES module."""
    (work / "entry.js").write_text(ENTRY)
    (work / "injected.js").write_text(INJECTED)
    esbuild = work / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--minify", "--format=esm", "--inject:injected.js", "--legal-comments=none"]
    subprocess.run([str(esbuild), "entry.js", *options, f"--outfile={VENDOR / 'leaflet.js'}"], cwd=work, check=True)
    modules = work / "node_modules"
    css = (modules / "leaflet/dist/leaflet.css").read_text()
    css += (modules / "leaflet.markercluster/dist/MarkerCluster.css").read_text()
    # The pictures of layers and markers are not vendored: our pins are drawn by our own style sheet.
    css = re.sub(r"(background-image|behavior):\s*url\([^)]*\);?", "", css)
    (work / "entry.css").write_text(css)
    subprocess.run([str(esbuild), "entry.css", "--minify", f"--outfile={VENDOR / 'leaflet.css'}"], cwd=work, check=True)


def _basemap(work: Path) -> None:
    """Bundle what draws a PMTiles file, for those whose operator has one; it finds Leaflet as the global `L`."""
    (work / "basemap.js").write_text('export { leafletLayer } from "protomaps-leaflet";')
    esbuild = work / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--minify", "--format=esm", "--legal-comments=none", f"--metafile={METAFILE}"]
    subprocess.run([str(esbuild), "basemap.js", *options, f"--outfile={VENDOR / 'basemap.js'}"], cwd=work, check=True)


def _font(work: Path) -> None:
    files = work / "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files"
    for subset in ("latin", "latin-ext"):
        source = files / f"atkinson-hyperlegible-next-{subset}-wght-normal.woff2"
        shutil.copy(source, VENDOR / f"atkinson-{subset}.woff2")


def _icons(work: Path) -> None:
    """Write one sprite; strokes and sizes are the style sheet's."""
    outline = work / "node_modules/@tabler/icons/icons/outline"
    symbols = [_symbol(name, (outline / f"{theirs}.svg").read_text()) for name, theirs in sorted(ICONS.items())]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (VENDOR / "icons.svg").write_text(sprite)


def _symbol(name: str, svg: str) -> str:
    paths = [path for path in re.findall(r"<path[^>]*/>", svg) if 'stroke="none"' not in path]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>'


def _licences(work: Path) -> None:
    folder = VENDOR / "licences"
    folder.mkdir()
    for package in sorted({*PACKAGES, *_bundled(work)} - {"esbuild"}):
        root = work / "node_modules" / package
        told = json.loads((root / "package.json").read_text())
        files = [path for path in sorted(root.iterdir()) if "licen" in path.name.lower()]
        text = files[0].read_text() if files else f"Licence: {told['license']}\n"  # some say no more than its name
        version = told["version"]
        name = package.strip("@").replace("/", "-")
        (folder / f"{name}.txt").write_text(f"{package} {version}\n\n{text}")


def _bundled(work: Path) -> set[str]:
    """Name the packages of which something is in the bundle that draws a base map."""
    inputs = json.loads((work / METAFILE).read_text())["inputs"]
    return {found[1] for path in inputs if (found := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", path))}


def _sums() -> None:
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VENDOR)}" for path in files]
    (VENDOR / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    print(f"{len(files)} files stand in {VENDOR}")


if __name__ == "__main__":
    main()
