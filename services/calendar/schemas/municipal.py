"""What a municipal system is answered at the door that answers and at the HTTP door."""

from typing import Literal

from pydantic import BaseModel, Field


class MunicipalAnswer(BaseModel):
    """What became of a message; `accepted` means that it is written and was told on as ours."""

    status: Literal["accepted", "duplicate"]
    id: str = Field(description="The id of the message (ce-id).")
    detail: str | None = Field(default=None, description="Why a new message had no effect.")
