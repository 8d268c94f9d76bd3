"""What every answer has in common, and the page of a list."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Answered(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(from_attributes=True)


class Page(Answered, Generic[T]):
    """One page of a list; `next` is the address of the following one."""

    items: list[T]
    next: str | None
    sorted_by: str
