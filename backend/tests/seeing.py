"""The spans of this process, kept instead of sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from noteai import tracing
from noteai.otlp.pipeline import provider_of
from noteai.otlp.spans import OpenTelemetrySpans


@dataclass(frozen=True)
class Sight:
    provider: TracerProvider
    kept: InMemorySpanExporter

    @property
    def spans(self) -> list[ReadableSpan]:
        """In the order in which they went out."""
        return list(self.kept.get_finished_spans())

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.spans]

    def facts(self, name: str) -> list[dict[str, Any]]:
        return [dict(each.attributes or {}) for each in self.spans if each.name == name]


@contextmanager
def seeing() -> Iterator[Sight]:
    kept = InMemorySpanExporter()
    sight = Sight(provider_of("test", SimpleSpanProcessor(kept)), kept)
    tracing.use(OpenTelemetrySpans(sight.provider))
    try:
        yield sight
    finally:
        tracing.use(tracing.OFF)
