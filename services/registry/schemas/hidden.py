"""The shape of a confidential address."""

from pydantic import BaseModel, ConfigDict


class HiddenAddressAnswer(BaseModel):
    """Where something confidential is."""

    model_config = ConfigDict(from_attributes=True)

    address: str
    latitude: float | None
    longitude: float | None
