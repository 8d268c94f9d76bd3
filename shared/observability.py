"""What the operator sees of a service: structured logs with a trace id, the numbers of its doors, and its pulse."""

import asyncio
import json
import logging
import os
import re
import secrets
import sys
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from shared.auth.keys import without_keys
from shared.numbers import Histogram, Number

log = logging.getLogger(__name__)

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
"""The W3C trace id of the running request or message: 32 hexadecimal digits."""
speaking: ContextVar[str] = ContextVar("speaking", default="")
"""The service that answers the request, or handles the message."""

TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$")

COLOURS = {"warning": 33, "error": 31, "critical": 31}
"""Of levels on a terminal, as ECMA-48 numbers them."""


def set_up_logging(level: str = "INFO") -> None:
    """Write every line of standard error as a log line: for people on a terminal, as JSON elsewhere.

    `OSIEDLE_LOGS` may say `words` or `json` instead; it is read here, for settings that are wrong are logged too. What
    ends the process, a thread, or is but a warning of Python is a line like all.
    """
    asked = os.environ.get("OSIEDLE_LOGS", "")
    for_people = asked == "words" if asked in ("words", "json") else sys.stderr.isatty()
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(for_people=for_people))
    handler.addFilter(_tell_errors_without_values)
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, _traceback: _log_the_end(kind, error)
    threading.excepthook = lambda ended: _log_the_end(ended.exc_type, ended.exc_value)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("httpx").setLevel("WARNING")  # it tells every address that it fetches, and some are secrets
    logging.getLogger("shared.retention").setLevel("INFO")  # what was forgotten is told even where little is


def _log_the_end(kind: type[BaseException], error: BaseException | None) -> None:
    """Log what nobody caught; Ctrl-C is no fault."""
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("ended by an error that nobody expected", exc_info=error)


def is_logging() -> bool:
    """Say whether this process writes its standard error as log lines."""
    return any(isinstance(handler.formatter, Discreet) for handler in logging.getLogger().handlers)


class Discreet(logging.Formatter):
    """Writes every line without the keys of programs and feeds: an address may hold one, and an error an address."""

    def __init__(self, *, for_people: bool = False) -> None:
        """Write each line as a JSON object, or, for people, in words.

        It has `event`, `level`, `logger`, `timestamp`, and where there are such `service`, `trace_id`, `exception`.
        """
        super().__init__()
        self._write = _in_words if for_people else json.dumps

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        line = {"event": record.getMessage()}
        if trace := trace_id.get():  # here, for lines are few, and not where each message begins
            line.update(service=speaking.get(), trace_id=trace)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line.update(level=record.levelname.lower(), logger=record.name, timestamp=at)
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _told_in_full(record.exc_info[1])
        return without_keys(self._write(line))


def _in_words(line: dict[str, str]) -> str:
    level = line["level"]
    words = [line["timestamp"], f"\033[{COLOURS.get(level, 0)}m{level:<8}\033[0m", line["event"], f"[{line['logger']}]"]
    words += [f"{key}={line[key]}" for key in ("service", "trace_id") if key in line]
    return "\n".join([" ".join(words), *([line["exception"]] if "exception" in line else [])])


def told(error: BaseException) -> str:
    """Say an error in one line, with its kind, without the values that a database repeats of a row it refused."""
    return _without_values(f"{type(error).__name__}: {error}", error).partition("\n")[0]


def _tell_errors_without_values(record: logging.LogRecord) -> bool:
    """Let no error among the arguments of a log line bring a value along."""
    if isinstance(record.args, tuple):
        record.args = tuple(told(one) if isinstance(one, BaseException) else one for one in record.args)
    return True


def _told_in_full(error: BaseException) -> str:
    """Write a traceback, without the values that a database repeats."""
    return _without_values("".join(traceback.format_exception(error)).rstrip(), error)


def _without_values(text: str, error: BaseException | None) -> str:
    for detail in _details_of(error):
        text = text.replace(detail, "…")
    return text


def _details_of(error: BaseException | None) -> Iterator[str]:
    """Give what PostgreSQL says of the row of an error and of each one behind it: whole rows, in any language."""
    while error is not None:
        detail = getattr(getattr(getattr(error, "orig", error), "diag", None), "message_detail", None)
        if detail:
            yield detail
        error = error.__cause__ or error.__context__


def trace_of(traceparent: str | None) -> tuple[str, str]:
    """Continue a caller's trace (W3C Trace Context §3.2) or begin one; give the trace id and our own traceparent."""
    match = TRACEPARENT.match(traceparent or "")
    trace = match[1] if match else secrets.token_hex(16)
    return trace, f"00-{trace}-{secrets.token_hex(8)}-01"


SpanMaker = Callable[[str, str | None, Mapping[str, Any]], AbstractContextManager[tuple[str, str]]]
spans: SpanMaker | None = None
"""Set for the whole process, as logging is, where spans are exported (see `shared/tracing.py`)."""


@contextmanager
def traced(service: str, traceparent: str | None, about: Mapping[str, Any] | None = None) -> Iterator[tuple[str, str]]:
    """Let every log line in here carry the trace that is continued or begun; gives its id and our own traceparent.

    With `about` it is a span of its own where spans are exported; the caller may fill that in until the end.
    """
    if about is None or spans is None:
        with _spoken_of(service, *trace_of(traceparent)) as ids:
            yield ids
    else:
        with spans(service, traceparent, about) as ids, _spoken_of(service, *ids):
            yield ids


@contextmanager
def _spoken_of(service: str, trace: str, parent: str) -> Iterator[tuple[str, str]]:
    before = trace_id.set(trace), speaking.set(service)
    try:
        yield trace, parent
    finally:
        trace_id.reset(before[0])
        speaking.reset(before[1])


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ANSWER_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Few bounds, for there is a histogram for each route that was asked for."""


def known_method(method: str) -> str:
    """Give a method, or `other`: anybody may make one up."""
    return method if method in METHODS else "other"


class Counters:
    """The numbers of one service's doors: answers by method and status, and the seconds that each route took."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.by_route: defaultdict[tuple[str, str], Histogram] = defaultdict(lambda: Histogram(ANSWER_SECONDS))
        self.seconds = 0.0
        self.at_work = 0

    def count(self, method: str, status: int, seconds: float, route: str = "") -> None:
        """Count one answer; `route` is the path as the code has it (`/map/places/{id}`), empty where there is none.

        Methods that nobody knows count as one, for anybody may make them up; paths that nobody knows have no route.
        """
        method = known_method(method)
        self.answers[method, status] += 1
        self.by_route[method if route else "any", route].observe(seconds)
        self.seconds += seconds

    def numbers(self) -> Iterator[Number]:
        """Name them for Prometheus."""
        answers = [
            ({"method": method, "status": str(status)}, n) for (method, status), n in sorted(self.answers.items())
        ]
        yield Number("osiedle_http_answers_total", "counter", "Answers by method and status.", answers)
        took = [({"method": method, "route": route}, one) for (method, route), one in sorted(self.by_route.items())]
        if took:
            yield Number("osiedle_http_answer_seconds", "histogram", "How long answers took, by route.", took)
        yield Number("osiedle_http_seconds_total", "counter", "Seconds spent on all answers.", self.seconds)
        yield Number("osiedle_http_at_work", "gauge", "Requests that are being answered.", self.at_work)


class Pulse:
    """Whether the event loop turns: a task beats again and again, and notes how late each beat came."""

    def __init__(self, every: float = 1.0) -> None:
        self.every = every
        self.late = Histogram()
        self._beat_at = time.monotonic()

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            self._beat_at = time.monotonic()
            await asyncio.sleep(self.every)
            self.late.observe(time.monotonic() - self._beat_at - self.every)

    def numbers(self) -> Iterator[Number]:
        """Name them for Prometheus: a loop that is stuck does not answer, and afterwards shows how long it was."""
        age = time.monotonic() - self._beat_at
        yield Number("osiedle_bus_loop_alive_seconds", "gauge", "Since the event loop last beat, once a second.", age)
        yield Number("osiedle_bus_loop_late_seconds", "histogram", "How late the beats of the loop came.", self.late)
