"""What is said of how the installation fares, and what to do about each fault, in the running request's language."""

from dataclasses import dataclass
from datetime import timedelta

from services.notifications.domain.health import Fault, FaultCode, Service, ServiceState
from shared.i18n import plural, say

NAMES = {
    "registry": "Institutions",
    "calendar": "Calendar",
    "map": "Map",
    "notifications": "Alerts",
}
CHANNEL_NAMES = {"mail": "Letters", "webhook": "Webhooks", "push": "Chat and telephone"}
LOOKS: dict[ServiceState, str] = {"well": "success", "silent": "blocking", "troubled": "blocking"}
"""The sign of each state, `warning` where none is named; the words beside it say the same."""

MOMENT = timedelta(seconds=5)


@dataclass(frozen=True)
class Commands:
    """How the operator asks for something here: in Docker Compose, or where one process does all."""

    composed: bool

    def deploy(self, what: str) -> str:
        """Give a command of the operator's command line."""
        return f"{'docker compose run --rm operator' if self.composed else '.venv/bin/python -m deploy'} {what}"

    def look_after(self, container: str) -> str:
        """Give the command that starts a part again."""
        return f"docker compose up -d {container}" if self.composed else "make run"


@dataclass(frozen=True)
class Advice:
    """One fault in words: what is so, and what to do, by a command or at an address of ours."""

    words: str
    to_do: str
    command: str = ""
    url: str = ""


def name_of(service: str) -> str:
    """Name a service as the navigation does."""
    return say(NAMES[service]) if service in NAMES else service


def words_of(service: Service) -> str:
    """Say how a service is, for everybody."""
    match service.state:
        case "well":
            return say("Works")
        case "late":
            return say("Works, but what it tells the others is late.")
        case "troubled":
            return say("Not everything can be kept at the moment.")
        case "silent":
            return say("It has fallen silent.")
        case "unheard":
            return say("Nothing was heard of it yet.")
        case _:
            return say("Nothing can be heard of it at the moment.")


def age(of: timedelta) -> str:
    """Say how long something is, roughly."""
    seconds = int(of.total_seconds())
    if seconds < 60:
        return say("less than a minute")
    if seconds < 7200:
        return plural("{n} minute", "{n} minutes", seconds // 60)
    if seconds < 172_800:
        return plural("{n} hour", "{n} hours", seconds // 3600)
    return plural("{n} day", "{n} days", seconds // 86_400)


def waiting(delay: timedelta) -> str:
    """Say how long messages wait on their way between the services."""
    if delay < MOMENT:
        return say("No message waits longer than a moment.")
    return say("The oldest message has been waiting for {age}.", age=age(delay))


def advice_on(fault: Fault, commands: Commands) -> Advice:
    """Say what a fault is and what to do about it."""
    about = name_of(fault.about)
    number = int(fault.number)
    match fault.code:
        case "service_silent":
            words = say("{part}: this service has fallen silent.", part=about)
            return Advice(words, say("Start it again, and look into its log."), commands.look_after(fault.about))
        case "service_unheard":
            words = say("{part}: nothing was heard of this service yet.", part=about)
            return Advice(words, say("Wait for a minute; then start it."), commands.look_after(fault.about))
        case "messages_late":
            words = say("{part}: messages wait for {age}.", part=about, age=age(timedelta(seconds=fault.number)))
            return Advice(words, _why(fault) or say("The bus is away, full or slow."), commands.deploy("doctor"))
        case "service_behind":
            words = plural(
                "{part}: {n} message is not taken in yet.",
                "{part}: {n} messages are not taken in yet.",
                number,
                part=about,
            )
            return Advice(words, say("If the number does not fall, start the service again and look into its log."))
        case "messages_set_aside":
            words = plural(
                "{part}: {n} message was set aside.", "{part}: {n} messages were set aside.", number, part=about
            )
            to_do = say("Look at each, and try it again or discard it.")
            return Advice(words, to_do, commands.deploy(f"set-aside list {fault.about}"))
        case "bus_problem":
            return Advice(say("{part}: the bus makes trouble.", part=about), _why(fault), commands.deploy("doctor"))
        case "stream_full":
            full = int(fault.number * 100)
            words = say("The stream {stream} is full to {percent}%.", stream=fault.about, percent=full)
            to_do = say("Make it larger; nothing is lost, what has no room waits.")
            return Advice(words, to_do, f"nats stream edit {fault.about} --max-bytes=512MB")
        case "deliveries_failed":
            channel = say(CHANNEL_NAMES.get(fault.about, fault.about))
            words = plural(
                "{channel}: {n} message could not be delivered in the last day.",
                "{channel}: {n} messages could not be delivered in the last day.",
                number,
                channel=channel,
            )
            to_do = say("Look why, and try again what is still worth it.")
            return Advice(words, to_do, url=f"/notifications/deliveries?channel={fault.about}")
        case _:
            return _plain(fault, commands)


def _plain(fault: Fault, commands: Commands) -> Advice:
    """Say what needs no figure."""
    database = commands.look_after("postgres") if commands.composed else ""
    plain: dict[FaultCode, Advice] = {
        "database_away": Advice(
            say("{part}: its database does not answer.", part=name_of(fault.about)),
            say("Look whether the database runs and its disk has room."),
            database or commands.deploy("doctor"),
        ),
        "bus_away": Advice(
            say("The bus is away: the services cannot tell each other anything."),
            say("Start NATS again. What is written meanwhile is kept and told afterwards."),
            commands.look_after("nats"),
        ),
        "bus_forgets": Advice(
            say("The bus acknowledges before it has written to its disk."),
            say("Set sync_interval to always in the configuration of NATS, and start it again."),
        ),
        "deliveries_unknown": Advice(
            say("What could not be delivered cannot be counted now."),
            say("The database of the alerts does not answer; see there."),
        ),
        "backup_unknown": Advice(say("No backup is known yet."), say("Make one."), commands.deploy("backup create")),
        "backup_failed": Advice(say("The last backup failed."), _why(fault), commands.deploy("backup create")),
        "backup_old": Advice(
            say("The last backup is older than a day and a half."),
            say("Look why none was made last night, and make one."),
            commands.deploy("backup create"),
        ),
        "versions_differ": Advice(
            say("The services are of different versions: {versions}.", versions=fault.said),
            say("Bring all of them to the same version."),
            "docker compose up -d --build --wait" if commands.composed else "make run",
        ),
    }
    return plain[fault.code]


def _why(fault: Fault) -> str:
    """Give the words of the part itself, which are in English and name what it met."""
    return fault.said
