"""The form of a coalition: filled with what is known, read as the JSON door reads a change, and its faults in words."""

from typing import Annotated, Any

from fastapi import Depends
from pydantic import ValidationError

from services.registry.models import Initiative
from services.registry.pages.typed import Several, Text, wrong_fields
from shared.i18n import say
from shared.problems import InvalidInput


async def _typed(
    title: Text = "",
    goal: Text = "",
    problem_ids: Several = (),
    events: Text = "",
    edition: Text = "",
    deadline_on: Text = "",
    amount_asked: Text = "",
) -> dict[str, Any]:
    return locals()


async def _line(
    what: Text = "",
    organisation_id: Text = "",
    resource_id: Text = "",
    until_on: Text = "",
    amount: Text = "",
    source: Text = "",
    status: Text = "planned",
    quantity: Text = "1",
) -> dict[str, dict[str, Any]]:
    given = {"organisation_id": organisation_id, "resource_id": resource_id or None, "quantity": quantity}
    return {
        "tasks": {"what": what, "organisation_id": organisation_id or None, "until_on": until_on or None},
        "budget": {"what": what, "amount": amount_of(amount), "source": source, "status": status},
        "pledges": {"what": what, **given},
    }


Typed = Annotated[dict[str, Any], Depends(_typed)]
"""What somebody typed into the form."""
Line = Annotated[dict[str, dict[str, Any]], Depends(_line)]
"""A new line as somebody typed it, read for each part of a coalition that it may be of."""


def typed_of(row: Initiative) -> dict[str, Any]:
    """Fill the form with what is known."""
    application = row.application or {}
    return {
        "title": row.title,
        "goal": row.goal,
        "problem_ids": row.problem_ids,
        "events": "\n".join(f"/calendar/events/{one}" for one in row.event_ids),
        "edition": application.get("edition", ""),
        "deadline_on": application.get("deadline_on", ""),
        "amount_asked": application.get("amount_asked") or "",
    }


def faults_of(wrong: ValidationError | InvalidInput) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    if isinstance(wrong, InvalidInput):
        pointer = str(wrong.extra["errors"][0]["pointer"])
        if pointer.startswith("/event_ids"):
            return {"events": say("One of these events is not on the calendar. Paste the address of its page.")}
        field = "organisation_id" if "organisation" in pointer else "problem_ids"
        return {field: say("Choose from the list.")}
    sentences = {
        "title": say("Write what the initiative is called."),
        "goal": say("This text is too long."),
        "organisation_ids": say("Choose from the list."),
        "problem_ids": say("Choose from the list."),
        "event_ids": say("One address of an event’s page a line, at most 50."),
        "edition": say("Write for which edition you apply, or leave all three empty."),
        "deadline_on": say("Choose the last day for the application."),
        "amount_asked": say("Write an amount, for example 12000.50."),
    }
    found: dict[str, str] = {}
    names = {"event_ids": "events", "organisation_ids": "organisation_id"}
    for error in wrong.errors():
        field = str(error["loc"][1] if error["loc"][0] == "application" and len(error["loc"]) > 1 else error["loc"][0])
        found[names.get(field, field)] = sentences.get(field, say("Choose from the list."))
    return found


def line_faults(wrong: ValidationError | InvalidInput) -> dict[str, str]:
    """Say what is wrong with a task, a line of the budget or a pledge."""
    if isinstance(wrong, InvalidInput):
        faults = {str(one["pointer"]).rpartition("/")[2]: one["detail"] for one in wrong.extra["errors"]}
        return {field: say(text if field == "what" else "Choose from the list.") for field, text in faults.items()}
    sentences = {
        "what": say("Write what it is, in a few words."),
        "organisation_id": say("Choose from the list."),
        "resource_id": say("Choose from the list."),
        "until_on": say("Choose a day, or leave it empty."),
        "amount": say("Write an amount, for example 12000.50."),
        "quantity": say("Write a whole number."),
        "source": say("This text is too long."),
    }
    return wrong_fields(wrong, sentences)


def instead(line: dict[str, Any], do: str) -> list[dict[str, Any]]:
    """Give what stands in the place of a line: nothing, the line as done or not done, or the line."""
    return [] if do == "remove" else [{**line, "done": do == "done"}] if "done" in line else [line]


def amount_of(typed: str) -> str:
    """Read an amount as Poles write it: a comma, and spaces between thousands."""
    return "".join(typed.split()).replace(",", ".")


def read(typed: dict[str, Any]) -> dict[str, Any]:
    """Read the form as the JSON door reads a change."""
    addresses = [line.strip().rstrip("/") for line in typed["events"].splitlines() if line.strip()]
    asked = {"edition": typed["edition"].strip(), "deadline_on": typed["deadline_on"]}
    asked["amount_asked"] = amount_of(typed["amount_asked"]) or None
    return {
        "title": typed["title"],
        "goal": typed["goal"],
        "problem_ids": typed["problem_ids"],
        "event_ids": [address.rpartition("/")[2] for address in addresses],
        "application": asked if any(asked.values()) else None,
    }
