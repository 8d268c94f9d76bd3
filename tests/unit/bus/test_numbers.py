"""Counters, gauges and histograms are written as Prometheus reads them."""

from shared.numbers import Histogram, Number, exposition
from tests.prometheus import parsed, value_of


def test_a_histogram_counts_everything_up_to_each_bound():
    """Fails when buckets are not cumulative, or a value on a bound falls into the next one (`bisect_right`)."""
    seconds = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7.0, -3.0):
        seconds.observe(value)
    samples = parsed(exposition([Number("osiedle_wait_seconds", "histogram", "A wait.", seconds)], service="map"))
    counted = [value_of(samples, "osiedle_wait_seconds_bucket", le=bound) for bound in ("0.1", "1.0", "+Inf")]
    assert counted == [3, 4, 5]
    assert value_of(samples, "osiedle_wait_seconds_sum", service="map") == 7.65


def test_one_name_has_several_values_by_label():
    waiting = [({"stream": "CALENDAR"}, 3), ({"stream": "MAP"}, 0.25)]
    text = exposition([Number("osiedle_waiting", "gauge", "What waits.", waiting)], service="map")
    samples = parsed(text)
    assert value_of(samples, "osiedle_waiting", stream="CALENDAR", service="map") == 3
    assert value_of(samples, "osiedle_waiting", stream="MAP") == 0.25


def test_a_label_is_written_so_that_it_ends_where_it_ends():
    text = exposition([Number("osiedle_x", "gauge", "X.", [({"stream": 'A"\\\n'}, 1)])])
    assert text.endswith('osiedle_x{stream="A\\"\\\\\\n"} 1\n')
