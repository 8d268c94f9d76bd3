"""What every answer has in common."""

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(from_attributes=True)
