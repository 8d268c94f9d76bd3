"""The form of a problem: filled with what is known, read as the JSON door reads a body, and its faults in words."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends
from pydantic import ValidationError

from services.registry.models import Problem
from services.registry.pages.typed import Several, Text, point_of, written_point, wrong_fields
from shared.i18n import say
from shared.problems import InvalidInput


async def _typed(
    title: Text = "",
    description: Text = "",
    address: Text = "",
    point: Text = "",
    affected: Text = "",
    affected_number: Text = "",
    audiences: Several = (),
    themes: Several = (),
    evidence: Text = "",
) -> dict[str, Any]:
    return locals()


Typed = Annotated[dict[str, Any], Depends(_typed)]
"""What somebody typed into the form."""


def typed_of(row: Problem) -> dict[str, Any]:
    """Fill the form with what is known; evidence stands one a line, its link at the end."""
    return {
        **{field: getattr(row, field) or "" for field in ("title", "description", "address", "affected")},
        "point": written_point(row.latitude, row.longitude),
        "affected_number": row.affected_number or "",
        "audiences": row.audiences,
        "themes": row.themes,
        "evidence": "\n".join(f"{one['text']} {one['link']}".strip() for one in row.evidence),
    }


def faults_of(wrong: ValidationError | InvalidInput) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    if isinstance(wrong, InvalidInput):
        return {"themes": say("Choose from the list.")}
    sentences = {
        "title": say("Write in a few words what is wrong."),
        "description": say("This text is too long."),
        "address": say("This text is too long."),
        "affected": say("This text is too long."),
        "affected_number": say("Write a whole number, or leave it empty."),
        "audiences": say("Choose from the list."),
        "themes": say("Choose from the list."),
        "evidence": say("At most 30 lines, each of at most 1,000 letters; a link begins with https:// or http://."),
    }
    return wrong_fields(wrong, sentences)


def stage_faults(wrong: ValidationError | InvalidInput) -> dict[str, str]:
    """Say what is wrong with a step of the participation path."""
    if isinstance(wrong, InvalidInput):
        fault = wrong.extra["errors"][0]
        if fault["pointer"] == "/event_id":
            return {"event": say("This event is not on the calendar. Paste the address of its page.")}
        return {"held_on": say(fault["detail"])}
    sentences = {
        "held_on": say("Choose the day on which it was or will be."),
        "event_id": say("Paste the address of the event’s page, or leave it empty."),
        "result": say("This text is too long."),
    }
    faults = wrong_fields(wrong, sentences)
    return {{"event_id": "event"}.get(field, field): text for field, text in faults.items()}


def read(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Read the form as the JSON door reads a body."""
    rest = {field: typed[field] for field in ("title", "description", "address", "affected", "audiences", "themes")}
    lines = [line.split() for line in typed["evidence"].splitlines() if line.strip()]
    evidence = [
        {"text": " ".join(line[:-1]), "link": line[-1]} if "://" in line[-1] else {"text": " ".join(line)}
        for line in lines
    ]
    return {
        **rest,
        **point_of(typed["point"]),
        "affected_number": typed["affected_number"].strip() or None,
        "evidence": evidence,
    }
