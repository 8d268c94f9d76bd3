"""What people see: the Jinja environment, the base page, components, style sheet, font, icons and scripts."""

from shared.pages.pages import ASSETS, Pages, UnknownAsset

__all__ = ["ASSETS", "Pages", "UnknownAsset"]
