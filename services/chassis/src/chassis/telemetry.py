"""Metrics for Prometheus, traces from the click to the mail that it caused, and logs as JSON lines."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context
from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("hoftor_commands_total", "Commands by their outcome", ["room", "command", "outcome"])
SECONDS = Histogram("hoftor_command_seconds", "Seconds from a command to its answer", ["room", "command"])
PUBLISHED = Counter("hoftor_published_total", "Events published to Kafka", ["room"])
OUTBOX = Gauge("hoftor_outbox", "Numbered events that Kafka does not have yet", ["room"])
CONSUMED = Counter("hoftor_consumed_total", "Events taken in", ["consumer", "topic"])
DUPLICATES = Counter("hoftor_duplicates_total", "Events dropped because they were known", ["consumer", "topic"])
FETCHED = Counter("hoftor_fetched_total", "Events fetched from the owner's feed to close a gap", ["consumer", "topic"])
GARBAGE = Counter("hoftor_garbage_total", "Kafka records that are no events", ["consumer", "topic"])
PARKED = Counter("hoftor_parked_total", "Events parked because they could not be handled", ["consumer"])
RETRIES = Counter("hoftor_retries_total", "Attempts repeated after a passing fault", ["consumer"])

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_provider: TracerProvider | None = None


def begin(room: str, otlp_url: str) -> None:
    """Traces go to the collector from now on; without a URL nothing is recorded, but trace ids still travel."""
    global _provider
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    if otlp_url and _provider is None:
        _provider = TracerProvider(resource=Resource.create({"service.name": f"hoftor-{room}"}))
        _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{otlp_url.rstrip('/')}/v1/traces")))


def end() -> None:
    if _provider is not None:
        _provider.shutdown()


def traceparent() -> str | None:
    """The W3C trace context of what is being done now."""
    return _current.get()


@contextmanager
def span(name: str, parent: str | None = None, **attributes: str) -> Iterator[None]:
    """What happens inside belongs to the trace of `parent`, or begins one."""
    known = _parse(parent or _current.get())
    if _provider is None:
        trace_id = known.trace_id if known else secrets.randbits(128)
        here = f"00-{trace_id:032x}-{secrets.randbits(64):016x}-01"
        token = _current.set(here)
        try:
            yield
        finally:
            _current.reset(token)
        return
    context = set_span_in_context(NonRecordingSpan(known)) if known else None
    with _provider.get_tracer("hoftor").start_as_current_span(name, context=context, attributes=attributes) as one:
        own = one.get_span_context()
        token = _current.set(f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}")
        try:
            yield
        finally:
            _current.reset(token)


def _parse(text: str | None) -> SpanContext | None:
    try:
        _, trace_id, span_id, flags = (text or "").split("-")
        found = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    except ValueError:
        return None
    return found if found.is_valid else None
