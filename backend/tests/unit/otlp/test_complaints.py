"""What goes wrong with traces is said once a minute, and stops nobody."""

import logging
import time

import pytest
import structlog

from noteai import tracing
from noteai.otlp import pipeline, traced
from noteai.otlp.pipeline import Complaints
from noteai.servers.process import free_port


def complain(handler: logging.Handler) -> None:
    record = logging.LogRecord("exporter", logging.ERROR, "", 0, "no answer of %s", ("you",), None)
    handler.handle(record)


def test_of_many_complaints_one_is_heard_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(pipeline.time, "monotonic", lambda: now)
    handler = Complaints()
    with structlog.testing.capture_logs() as heard:
        for _ in range(5):
            complain(handler)
        now += 61
        complain(handler)
    assert [each["event"] for each in heard] == ["traces_troubled"] * 2
    assert heard[0]["reason"] == "no answer of %s"  # what it is about may be anything


def test_an_end_does_not_wait_for_a_collector_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("noteai.otlp.pipeline._FAREWELL", 0.1)
    with (
        structlog.testing.capture_logs() as heard,
        traced(f"http://127.0.0.1:{free_port()}", "test"),
        tracing.span("stage"),
    ):
        assert tracing.traceparent()
    assert tracing.traceparent() is None
    assert {each["event"] for each in heard} <= {"traces_troubled"}


def test_without_an_endpoint_an_application_stays_as_it_is() -> None:
    app = object()
    with traced("", "test") as watched:
        assert watched(app) is app
        assert tracing.traceparent() is None
