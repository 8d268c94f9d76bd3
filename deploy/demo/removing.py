"""Takes the demo away again by the public API: only what the ledger names, that nobody changed, and nobody else needs.

Nothing is deleted behind the services' backs: events are cancelled, needs closed, problems dropped, people erased,
contacts deleted; venues and resources are withdrawn, organisations ended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.client import Client, Refused
from deploy.demo.ledger import Ledger, Made, rows_of

ORDER = ("events", "needs", "problems", "resources", "venues", "people", "contacts", "organisations")
"""What others refer to goes last."""
OVER = {"status": ("cancelled", "closed", "met", "dropped", "solved", "withdrawn", "ended")}
BECAUSE = "Koniec pokazu. / The demonstration is over."
CHANGED = "somebody changed it"
NEEDED = "something that is not of the demo needs it"
NO_DOOR = "a coalition cannot be ended"
Rows = Mapping[str, Mapping[str, Any]]


@dataclass
class Plan:
    """What goes, in this order, and what stays, each with the reason."""

    goes: list[Made] = field(default_factory=list)
    stays: list[tuple[Made, str]] = field(default_factory=list)


def plan_removal(ledger: Ledger, rows: Rows) -> Plan:
    """Decide what goes: `rows` are all things that stand there now, by their paths, whoever made them."""
    there = [one for one in ledger.made if one.path in rows and not _is_over(rows[one.path])]
    reasons = {
        one.path: NO_DOOR if one.kind == "initiatives" else CHANGED
        for one in there
        if one.kind == "initiatives" or rows[one.path].get("version") != ledger.versions.get(one.path)
    }
    going = {one.path for one in there if one.path not in reasons}
    # a coalition that stays needs nobody: it would hold all that it consists of
    holding = [path for path, row in rows.items() if path not in going and _holds(path, row)]
    while holding:
        named = set(_texts(rows[holding.pop()]))
        for path in [path for path in going if path.rpartition("/")[2] in named]:
            going.discard(path)
            reasons[path] = NEEDED
            holding.append(path)
    plan = Plan(stays=[(one, reasons[one.path]) for one in there if one.path in reasons])
    contacts = [one for one in ledger.made if one.kind == "contacts" and one.path.rpartition("/contacts/")[0] in going]
    gone = [one for one in there if one.path in going] + contacts
    # an inner venue was made after the one that it is in
    plan.goes = [one for kind in ORDER for one in reversed(gone) if one.kind == kind]
    return plan


def _is_over(row: Mapping[str, Any]) -> bool:
    return any(row.get(name) in values for name, values in OVER.items())


def _holds(path: str, row: Mapping[str, Any]) -> bool:
    return "/initiatives/" not in path and not _is_over(row)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a document: the ids of all that it refers to are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


async def plan_for(client: Client, ledger: Ledger) -> Plan:
    """Look what stands there and decide what goes; raises `Refused` and `OSError`."""
    return plan_removal(ledger, await rows_of(client, ledger.made))


async def remove(client: Client, ledger: Ledger, plan: Plan) -> Plan:
    """Do as planned, and give what became of it; what the API refuses stays. Again it goes on where it ended."""
    done = Plan(stays=list(plan.stays))
    for one in plan.goes:
        try:
            await _take_away(client, one, ledger.versions.get(one.path, 0))
            done.goes.append(one)
        except Refused as refusal:
            done.stays.append((one, str(refusal)))
    if not done.stays:
        ledger.forget()
    return done


async def _take_away(client: Client, one: Made, version: int) -> None:
    key = f"demo-removed-{one.id}"
    match one.kind:
        case "events":
            await client.post(f"{one.path}/cancel", {"because": BECAUSE}, key)
        case "needs":
            await client.post(f"{one.path}/close", {"status": "closed", "outcome": BECAUSE}, key)
        case "problems":
            await client.put(f"{one.path}/status", {"status": "dropped", "because": BECAUSE}, version)
        case "people":
            await client.delete(one.path, version)
        case "contacts":
            await client.delete(one.path)
        case _:
            # contacts are counted in their organisation's version, and so may be other things that went
            row = await client.get(one.path)
            over = "ended" if one.kind == "organisations" else "withdrawn"
            await client.patch(one.path, {"status": over}, row["version"])
