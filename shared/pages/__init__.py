"""What people see: the Jinja environment, the base page, components, style sheet, font, icons and scripts."""

from shared.pages.packing import ASSETS, PackedFiles
from shared.pages.pages import Pages, UnknownAsset

__all__ = ["ASSETS", "PackedFiles", "Pages", "UnknownAsset"]
