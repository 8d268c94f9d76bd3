"""Traces go on, counters are written as Prometheus reads them."""

import pytest

from shared.observability import Counters, trace_of

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


def test_counters_are_text():
    counters = Counters("map")
    counters.count("GET", 200, 0.5)
    counters.count("GET", 200, 0.25)
    text = counters.text({"bus": {"connected": True, "streams": {"CALENDAR": {"pending": 3}}, "server": "x"}})
    assert 'osiedle_http_answers_total{service="map",method="GET",status="200"} 2\n' in text
    assert 'osiedle_http_seconds_total{service="map"} 0.750000\n' in text
    assert 'osiedle_bus_streams_calendar_pending{service="map"} 3\n' in text
    assert 'osiedle_bus_connected{service="map"} 1\n' in text
    assert "server" not in text


def test_methods_that_somebody_made_up_do_not_fill_the_memory():
    counters = Counters("sample")
    for number in range(1000):
        counters.count(f"X{number}", 405, 0.001)
    counters.count("GET", 200, 0.001)
    assert set(counters.answers) == {("other", 405), ("GET", 200)}
