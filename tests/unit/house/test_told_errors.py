"""What the log says of errors: never the values that a database or a mail server repeats."""

import io
import logging
from typing import Any

import pytest
from pydantic import ValidationError

from shared import observability
from shared.messages.registry import PersonChanged

MARK = "secret-value-600-123-456"


class Diagnosis:
    """What PostgreSQL says of an error, as psycopg gives it."""

    message_detail = f"Failing row contains (1, {MARK})."


class Refused(Exception):
    """An error of the database."""

    diag = Diagnosis()


def written(line: Any) -> str:
    """Give what the log writes when `line` is called with a logger."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    observability.set_up_logging()
    out = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    try:
        line(logging.getLogger("somebody"))
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    return out.getvalue()


def refused() -> Refused:
    return Refused(f"a row is not right\nDETAIL: {Diagnosis.message_detail}")


def test_an_error_in_a_log_line_says_its_kind_and_no_value():
    line = written(lambda log: log.warning("%s could not be tidied: %s", "registry", refused()))
    assert "registry could not be tidied: Refused: a row is not right" in line
    assert MARK not in line


def test_a_traceback_holds_no_value_of_an_error_or_of_the_one_behind_it():
    def fail(log: logging.Logger) -> None:
        try:
            try:
                raise refused()
            except Refused as error:
                raise RuntimeError("the job failed") from error
        except RuntimeError:
            log.exception("a job failed")

    text = written(fail)
    assert "RuntimeError: the job failed" in text
    assert "Refused" in text
    assert MARK not in text


def test_a_message_that_is_malformed_does_not_repeat_itself():
    with pytest.raises(ValidationError) as refusal:
        PersonChanged.model_validate({"id": "1", "version": "x", "name": [MARK], "email": {MARK: MARK}})
    assert MARK not in str(refusal.value)
