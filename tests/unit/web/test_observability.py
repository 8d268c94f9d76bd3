"""Traces go on, counters are written as Prometheus reads them."""

import asyncio
import json
import logging
import re
import time
from datetime import datetime, timedelta

import pytest

from shared.numbers import exposition
from shared.observability import Counters, Discreet, Pulse, trace_of, traced
from tests.prometheus import parsed, value_of
from tests.unit.house.test_told_errors import written

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_a_trace_goes_on_with_a_span_of_our_own():
    trace, parent = trace_of(f"00-{TRACE}-b7ad6b7169203331-01")
    assert trace == TRACE
    assert parent.startswith(f"00-{TRACE}-")
    assert "b7ad6b7169203331" not in parent


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01\n",
    ],
)
def test_a_trace_that_makes_no_sense_begins_anew(header: str | None):
    trace, parent = trace_of(header)
    assert trace != TRACE
    assert len(trace) == 32
    assert trace in parent


def test_counters_are_written_as_prometheus_reads_them():
    counters = Counters()
    counters.count("GET", 200, 0.5)
    counters.count("GET", 200, 0.25)
    samples = parsed(exposition(counters.numbers(), service="map"))
    assert value_of(samples, "osiedle_http_answers_total", service="map", method="GET", status="200") == 2
    assert value_of(samples, "osiedle_http_seconds_total") == 0.75


async def test_a_loop_that_was_stuck_shows_it_afterwards():
    """Fails when the pulse only says that it beats: after the stop it would look as if nothing had been."""
    pulse = Pulse(every=0.01)
    beating = asyncio.create_task(pulse.beat())
    await asyncio.sleep(0.05)
    time.sleep(0.6)  # noqa: ASYNC251 — whatever blocks the loop
    [age] = [number.value for number in pulse.numbers() if number.kind == "gauge"]
    assert age >= 0.6
    await asyncio.sleep(0.05)
    beating.cancel()
    samples = parsed(exposition(pulse.numbers(), service="map"))
    late = value_of(samples, "osiedle_bus_loop_late_seconds_count") - value_of(
        samples, "osiedle_bus_loop_late_seconds_bucket", le="0.5"
    )
    assert late == 1


def test_what_is_logged_while_traced_carries_the_trace():
    def log(logger: logging.Logger) -> None:
        with traced("map", f"00-{TRACE}-b7ad6b7169203331-01"):
            logger.info("inside")
        logger.info("outside")

    inside, outside = map(json.loads, written(log).splitlines())
    assert (inside["event"], inside["service"], inside["trace_id"]) == ("inside", "map", TRACE)
    assert "trace_id" not in outside


def test_a_line_is_one_json_object_whatever_was_logged():
    def log(logger: logging.Logger) -> None:
        logger.warning("żółw\nand %s", "more", exc_info=ValueError("why"))

    [line] = map(json.loads, written(log).splitlines())
    assert (line["event"], line["level"], line["logger"]) == ("żółw\nand more", "warning", "somebody")
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert line["exception"] == "ValueError: why"


def test_people_read_a_line_in_words():
    line = logging.LogRecord("somebody", logging.ERROR, __file__, 1, "%s broke", ("it",), None)
    with traced("map", f"00-{TRACE}-b7ad6b7169203331-01"):
        text = Discreet(for_people=True).format(line)
    assert re.fullmatch(rf"20\S+Z \x1b\[31merror   \x1b\[0m it broke \[somebody\] service=map trace_id={TRACE}", text)


def test_methods_that_somebody_made_up_do_not_fill_the_memory():
    counters = Counters()
    for number in range(1000):
        counters.count(f"X{number}", 405, 0.001)
    counters.count("GET", 200, 0.001)
    assert set(counters.answers) == {("other", 405), ("GET", 200)}
