"""What is wrong in a request, as pointers and sentences."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from shared.malformed import pointer_of
from shared.web.faults import sentence_of


class Body(BaseModel):
    """A body with a rule of its own."""

    name: str

    @field_validator("name")
    @classmethod
    def _capital(cls, value: str) -> str:
        if not value[:1].isupper():
            raise ValueError("A name begins with a capital letter")
        return value


@pytest.mark.parametrize(
    ("path", "pointer"),
    [([], ""), (["a"], "/a"), (["a", 0, "b"], "/a/0/b"), (["a/b~c"], "/a~1b~0c"), ([""], "/")],
)
def test_a_pointer_is_written_as_rfc_6901_says(path: list[Any], pointer: str):
    assert pointer_of(path) == pointer


def test_a_rule_of_our_own_says_its_own_sentence():
    with pytest.raises(ValidationError) as caught:
        Body(name="anna")
    assert sentence_of(dict(caught.value.errors()[0])) == ("A name begins with a capital letter", {})


def test_a_fault_nobody_foresaw_says_what_pydantic_says():
    assert sentence_of({"type": "frozen_instance", "msg": "Instance is frozen"}) == ("Instance is frozen", {})


def test_empty_text_is_not_called_too_short():
    assert sentence_of({"type": "string_too_short", "msg": "", "ctx": {"min_length": 1}})[0] == "This may not be empty"
    assert sentence_of({"type": "string_too_short", "msg": "", "ctx": {"min_length": 3}})[1] == {"min_length": 3}
