"""pygeoapi as a peer: installed into a place of its own, serving a GeoPackage through OGR as its manual says.

It needs GDAL's Python bindings, which PyPI has no wheels of: on Debian `apt-get install python3-gdal`.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.system.stack import ROOT, free_port

FOLDER = ROOT / "build" / "pygeoapi"
PYTHON = FOLDER / "bin" / "python"
SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
ABSENT = "pygeoapi: GDAL's Python bindings are not here (apt-get install python3-gdal)"
WRITE = """
import csv, sys
from osgeo import ogr, osr
place = osr.SpatialReference(); place.ImportFromEPSG(4326)
place.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
source = ogr.GetDriverByName("GPKG").CreateDataSource(sys.argv[2])
layer = source.CreateLayer("places", place, ogr.wkbPoint, ["SPATIAL_INDEX=YES", "FID=fid"])
names = ("id", "kind", "name", "description", "address")
for name in names:
    layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
layer.StartTransaction()
with open(sys.argv[1], newline="") as file:
    for *texts, latitude, longitude in csv.reader(file):
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, text in zip(names, texts):
            feature.SetField(name, text)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({longitude} {latitude})"))
        layer.CreateFeature(feature)
layer.CommitTransaction()
"""


def install() -> str | None:
    """Install it once, with the server that its image uses; gives the reason where that is not possible."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
        home = next((FOLDER / "lib").glob("python3*")) / "site-packages"
        (home / "system.pth").write_text(f"{SYSTEM_PACKAGES}\n")
        done = subprocess.run([str(PYTHON), "-m", "pip", "-q", "install", "pygeoapi", "gunicorn"], check=False)
        if done.returncode:
            shutil.rmtree(FOLDER)
            return "pygeoapi: it cannot be installed"
    found = subprocess.run([str(PYTHON), "-c", "from osgeo import ogr"], capture_output=True, check=False)
    return ABSENT if found.returncode else None


@contextmanager
def served(folder: Path, rows: Path) -> Iterator[tuple[str, Sequence[int]]]:
    """Serve the places of a CSV file (id, kind, name, description, address, latitude, longitude).

    Gives the address of its items, and the processes.
    """
    package, port = folder / "places.gpkg", free_port()
    subprocess.run([str(PYTHON), "-c", WRITE, str(rows), str(package)], check=True)
    config, described = folder / "pygeoapi.json", folder / "openapi.json"
    config.write_text(json.dumps(_config(package, port)))
    environment = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
    generate = [str(FOLDER / "bin" / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(described)]
    subprocess.run(generate, env=environment, check=True, capture_output=True)
    serve = ["--workers=1", "--threads=8", f"--bind=127.0.0.1:{port}", "--log-level=error", "pygeoapi.flask_app:APP"]
    program = subprocess.Popen([str(FOLDER / "bin" / "gunicorn"), *serve], env=environment, cwd=folder)
    try:
        address = f"http://127.0.0.1:{port}/collections/places/items"
        _wait(f"{address}?limit=1&f=json")
        yield address, [program.pid, *_children(program.pid)]
    finally:
        program.terminate()
        program.wait()


def _config(package: Path, port: int) -> dict[str, object]:
    """Write its configuration: everything it must have, and one collection of points."""
    address = f"http://127.0.0.1:{port}"
    said = {"title": "places", "description": "places", "keywords": ["places"]}
    named = {"name": "bench", "url": address}
    about = {"license": named, "provider": named, "contact": {**named, "email": "bench@example.org"}}
    identity = {**said, "url": address, "terms_of_service": "none", "keywords_type": "theme"}
    source = {
        "source_type": "GPKG",
        "source": str(package),
        "source_srs": "EPSG:4326",
        "target_srs": "EPSG:4326",
        "source_capabilities": {"paging": True},
    }
    places = {
        "type": "collection",
        **said,
        "links": [{"type": "text/html", "rel": "canonical", "title": "places", "href": address, "hreflang": "en"}],
        "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
        "providers": [{"type": "feature", "name": "OGR", "data": source, "id_field": "fid", "layer": "places"}],
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 50, "max_items": 1000},
            "map": {"url": f"{address}/none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {"identification": identity, **about},
        "resources": {"places": places},
    }


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(address, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("pygeoapi does not answer.")
