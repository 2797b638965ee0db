"""`noteai.tracing` on OpenTelemetry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from noteai import __version__
from noteai.otlp import libraries
from noteai.tracing import End, Facts

PREFIX = "noteai."
_W3C = TraceContextTextMapPropagator()
_HEADER = "traceparent"


class OpenTelemetrySpans:
    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("noteai", __version__)

    @contextmanager
    def span(self, name: str, parent: str | None, facts: Facts) -> Iterator[None]:
        """What is raised in it leaves its type behind, and none of its words."""
        with self._tracer.start_as_current_span(
            name, _of(parent), record_exception=False, set_status_on_exception=False
        ) as span:
            _write(span, facts)
            try:
                yield
            except BaseException as error:
                _write(span, {"error": type(error).__name__})
                raise

    def begin(self, name: str, facts: Facts) -> End:
        span = self._tracer.start_span(name)
        _write(span, facts)

        def end(more: Facts) -> None:
            _write(span, more)
            span.end()

        return end

    def tell(self, facts: Facts) -> None:
        _write(get_current_span(), facts)

    def traceparent(self) -> str | None:
        written: dict[str, str] = {}
        _W3C.inject(written)
        return written.get(_HEADER)

    def watch(self, engine: Any) -> None:
        libraries.watch_engine(engine, self._provider)


def _of(parent: str | None) -> Context | None:
    """None for the span that is open. What cannot be read begins a trace of its own."""
    return _W3C.extract({_HEADER: parent}, Context()) if parent else None


def _write(span: Span, facts: Facts) -> None:
    known = {name: value for name, value in facts.items() if value is not None}
    for name, value in known.items():
        if name == "error":
            span.set_status(StatusCode.ERROR)
            span.set_attribute("error.type", str(value))
        else:
            span.set_attribute(f"{PREFIX}{name}", _plain(value))


def _plain(value: object) -> AttributeValue:
    return value if isinstance(value, bool | int | float) else str(value)
