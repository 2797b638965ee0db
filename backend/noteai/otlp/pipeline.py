"""From a span that has ended to the collector, which may be away: nothing waits for it.

A span goes into a bounded queue, of which a thread sends now and then; where there is no room it
is lost.
"""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from noteai import __version__, telemetry, tracing
from noteai.otlp import libraries
from noteai.otlp.sampling import PartsOfSomething
from noteai.otlp.spans import OpenTelemetrySpans
from noteai.otlp.trees import Trees

_PATH = "/v1/traces"
_TIMEOUT = 3.0
"""Seconds for one batch to be taken, its repetitions included."""
_FAREWELL = 2.0
"""Seconds to send what waits when the process ends."""
_QUEUE, _BATCH, _PAUSE = 2048, 512, 1000
"""Spans that may wait, spans of one request, and milliseconds between two of these."""
_SILENCE = 60.0
"""Seconds between two complaints."""
_LOGGER = logging.getLogger("opentelemetry")


@dataclass(frozen=True)
class Pipe:
    provider: TracerProvider
    complaints: logging.Handler

    def stop(self) -> None:
        """Send what waits, unless that takes long."""
        tracing.use(tracing.OFF)
        libraries.leave()
        farewell = threading.Thread(target=self.provider.shutdown, daemon=True)
        farewell.start()
        farewell.join(_FAREWELL)
        _LOGGER.removeHandler(self.complaints)


def start(endpoint: str, service: str) -> Pipe:
    """`endpoint` is that of a collector, to which the path of traces is added."""
    complaints = _listen()
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}{_PATH}", timeout=_TIMEOUT)
    batches = BatchSpanProcessor(
        exporter,
        max_queue_size=_QUEUE,
        max_export_batch_size=_BATCH,
        schedule_delay_millis=_PAUSE,
    )
    provider = provider_of(service, batches)
    libraries.watch(provider)
    tracing.use(OpenTelemetrySpans(provider))
    return Pipe(provider, complaints)


def provider_of(service: str, out: SpanProcessor) -> TracerProvider:
    """What goes `out` is whole trees of cleaned spans."""
    provider = TracerProvider(resource=_resource(service), shutdown_on_exit=False)
    provider.sampler = PartsOfSomething(provider.sampler)
    provider.add_span_processor(Trees(out))
    return provider


def _resource(service: str) -> Resource:
    return Resource.create(
        {
            "service.name": f"noteai-{service}",
            "service.version": __version__,
            "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        }
    )


class Complaints(logging.Handler):
    """One line in our log a minute, whatever goes wrong with traces and however often."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said_at = -_SILENCE

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        if now - self._said_at < _SILENCE:
            return
        self._said_at = now
        telemetry.logger().warning("traces_troubled", source=record.name, reason=str(record.msg))


def _listen() -> Complaints:
    complaints = Complaints()
    _LOGGER.addHandler(complaints)
    _LOGGER.propagate = False
    return complaints
