"""Shapes of the taxonomy of themes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.domain.plans import ThemePlan
from services.registry.schemas.fields import Clean
from services.registry.schemas.requests import Asked

ThemeCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,59}$")]
ThemeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Clean]
Synonyms = Annotated[tuple[ThemeName, ...], Field(max_length=30)]


class ThemeChange(Asked):
    """What can be changed of a theme; what is absent stays. A retired one is no longer offered."""

    name_pl: ThemeName = ""
    name_en: ThemeName = ""
    parent_code: ThemeCode | None = None
    synonyms: Synonyms = ()
    retired: bool = False


class ThemeBody(Asked):
    """A theme to be added; its code never changes."""

    code: ThemeCode
    name_pl: ThemeName
    name_en: ThemeName
    parent_code: ThemeCode | None = None
    synonyms: Synonyms = ()

    def plan(self) -> ThemePlan:
        """Give what the command takes."""
        return ThemePlan(**self.model_dump())


class ThemeAnswer(BaseModel):
    """A theme of the taxonomy; `parent_code` is the wider one that it lies in."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    id: str
    version: int
    name_pl: str
    name_en: str
    parent_code: str | None
    synonyms: list[str]
    retired: bool
