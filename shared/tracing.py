"""Spans for OpenTelemetry: where its standard variables name a collector; else nothing of it is imported, or costs.

`OTEL_EXPORTER_OTLP_ENDPOINT` turns it on; `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, the
exporter's headers and limits are read by OpenTelemetry itself, as its specification says. A span names the route or the
type of a message, and never an address, a person or a value.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared import observability
from shared.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVER_ERROR = 500


class TracingUnavailable(RuntimeError):
    """Spans are asked for, but cannot be sent; says what to do."""


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Say whether the standard variables ask for spans."""
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    none = environment.get("OTEL_TRACES_EXPORTER", "otlp").lower() == "none"
    return any(environment.get(name) for name in ENDPOINTS) and not off and not none


def set_up_tracing(name: str) -> Callable[[], None]:
    """Let every request and message of this process be a span, where the variables ask for it; gives what ends it.

    `name` is that of the service where `OTEL_SERVICE_NAME` gives none. Raises `TracingUnavailable` where the packages
    are missing, or a protocol is asked for that is not HTTP.
    """
    if not is_wanted(os.environ):
        return lambda: None
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in (None, "", "http/protobuf"):
        raise TracingUnavailable(f"Spans leave by http/protobuf, not by {protocol}: unset OTEL_EXPORTER_OTLP_PROTOCOL.")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingUnavailable(
            f"{ENDPOINTS[0]} asks for spans, and {error.name} is not installed: install Osiedle with its extra"
            " `tracing`, or unset the variable."
        ) from error
    about = {"service.version": VERSION}
    if not os.environ.get("OTEL_SERVICE_NAME"):
        about["service.name"] = name
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    observability.spans = Spans(provider.get_tracer("osiedle", VERSION)).around

    def end() -> None:
        observability.spans = None
        provider.shutdown()

    return end


class Spans:
    """Makes the spans of one process."""

    def __init__(self, tracer: "Tracer") -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer = tracer
        self._carried = TraceContextTextMapPropagator()

    @contextmanager
    def around(self, service: str, traceparent: str | None, about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Span what happens in here, in the caller's trace or a new one; gives the trace id and our own traceparent.

        `about` has attributes, and `name` and `kind` (server or consumer); it is read when all is over.
        """
        from opentelemetry.trace import SpanKind, StatusCode

        above = self._carried.extract({"traceparent": traceparent} if traceparent else {})
        kind = SpanKind[about["kind"].upper()]
        span = self._tracer.start_span(service, context=above, kind=kind)
        own = span.get_span_context()
        trace = f"{own.trace_id:032x}"
        try:
            yield trace, f"00-{trace}-{own.span_id:016x}-{own.trace_flags:02x}"
        except BaseException:
            span.set_status(StatusCode.ERROR)  # its text may hold values of people: the log has what may be told
            raise
        finally:
            span.update_name(about.get("name", service))
            attributes = {name: value for name, value in about.items() if "." in name}
            span.set_attributes({"osiedle.service": service, **attributes})
            if attributes.get("http.response.status_code", 0) >= SERVER_ERROR:
                span.set_status(StatusCode.ERROR)
            span.end()
