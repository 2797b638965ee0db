"""Traces by OpenTelemetry's protocol for the doors of the service: loaded where they are wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

App = TypeVar("App")


def _as_it_is(app: App) -> App:
    return app


@contextmanager
def traced(endpoint: str, service: str) -> Iterator[Callable[[App], App]]:
    """The spans of this process go to `endpoint`; without one nothing is loaded.

    To be entered after a fork, and before a database is opened. What it gives
    lets an application of FastAPI have a span for each request.
    """
    if not endpoint:
        yield _as_it_is
        return
    from noteai.otlp import libraries, pipeline

    pipe = pipeline.start(endpoint, service)
    try:
        yield lambda app: libraries.watched(app, pipe.provider)
    finally:
        pipe.stop()
