"""Spans of the libraries: requests of FastAPI, statements of SQLAlchemy, calls of botocore."""

from typing import Any, TypeVar

from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.sqlalchemy.engine import EngineTracer
from opentelemetry.metrics import NoOpUpDownCounter
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import TracerProvider

App = TypeVar("App")
_NOT_WORTH_IT = "/metrics,/health"
"""Asked every few seconds by machines."""
_TO_NOBODY = CompositePropagator([])
"""The store is somebody else's: it hears nothing of our traces."""


def watch(provider: TracerProvider) -> None:
    """All clients of S3."""
    _botocore().instrument(tracer_provider=provider, propagator=_TO_NOBODY)


def leave() -> None:
    _botocore().uninstrument()


def _botocore() -> BotocoreInstrumentor:
    return BotocoreInstrumentor()  # type: ignore[no-untyped-call]


def watch_engine(engine: Any, provider: TracerProvider) -> None:
    """Its statements, by the listeners alone: the instrumentor proper is for SQLAlchemy below 2.1,
    wants greenlet, and makes a span of each connection that is taken from the pool.
    """
    tracer = provider.get_tracer("opentelemetry.instrumentation.sqlalchemy")
    EngineTracer(tracer, engine, NoOpUpDownCounter("connections"))  # type: ignore[no-untyped-call]


def watched(app: App, provider: TracerProvider) -> App:
    """The same application, before its first request."""
    from fastapi import FastAPI
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    assert isinstance(app, FastAPI)
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=_NOT_WORTH_IT,
        exclude_spans=["receive", "send"],
    )
    return app
