"""What pydantic finds wrong, as sentences that people understand and gettext can translate."""

from typing import Any

SENTENCES = {
    "missing": "This is required",
    "extra_forbidden": "There is no such field",
    "json_invalid": "This is not JSON",
    "string_type": "This must be text",
    "string_too_short": "Too short: at least {min_length} characters",
    "string_too_long": "Too long: at most {max_length} characters",
    "string_pattern_mismatch": "This does not have the right form",
    "int_type": "This must be a whole number",
    "int_parsing": "This must be a whole number",
    "int_from_float": "This must be a whole number",
    "float_type": "This must be a number",
    "float_parsing": "This must be a number",
    "finite_number": "This must be a number",
    "bool_type": "This must be true or false",
    "bool_parsing": "This must be true or false",
    "greater_than": "This must be more than {gt}",
    "greater_than_equal": "This must be at least {ge}",
    "less_than": "This must be less than {lt}",
    "less_than_equal": "This may be at most {le}",
    "literal_error": "This must be one of: {expected}",
    "enum": "This must be one of: {expected}",
    "list_type": "This must be a list",
    "tuple_type": "This must be a list",
    "dict_type": "This must be an object",
    "model_type": "This must be an object",
    "model_attributes_type": "This must be an object",
    "dataclass_type": "This must be an object",
    "too_long": "Too many entries: at most {max_length}",
    "too_short": "Too few entries: at least {min_length}",
    "timezone_aware": "This needs an offset from UTC, for instance 2026-11-26T14:00:00+01:00",
    "datetime_type": "This must be a date and time, for instance 2026-11-26T14:00:00+01:00",
    "datetime_parsing": "This must be a date and time, for instance 2026-11-26T14:00:00+01:00",
    "datetime_from_date_parsing": "This must be a date and time, for instance 2026-11-26T14:00:00+01:00",
    "date_type": "This must be a date, for instance 2026-11-26",
    "date_parsing": "This must be a date, for instance 2026-11-26",
    "date_from_datetime_parsing": "This must be a date, for instance 2026-11-26",
    "uuid_parsing": "This must be an id",
    "uuid_type": "This must be an id",
}
"""pydantic's error types with gettext source strings; the names in braces are those of the error's context."""

EMPTY = "This may not be empty"


def sentence_of(error: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Give the gettext source string and its values for one of pydantic's errors."""
    values = {name: value for name, value in error.get("ctx", {}).items() if name != "error"}
    if values.get("min_length") == 1:
        return EMPTY, {}
    sentence = SENTENCES.get(error["type"])
    if sentence is not None:
        return sentence, values
    if error["type"] == "value_error":
        return str(error.get("ctx", {}).get("error", error["msg"])), {}
    return str(error["msg"]), {}
