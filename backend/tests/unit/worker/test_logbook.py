"""What is kept of a line, and that nobody waits for it."""

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import structlog
from waiting import until

from noteai import telemetry
from noteai.database import Database, DatabaseUnavailable
from noteai.jobs.logs import Line
from noteai.telemetry import redactor
from noteai.worker.logbook import Logbook, line_of

JOB = uuid4()


def said(**facts: object) -> dict[str, object]:
    time = "2026-11-21T08:00:00Z"
    return {"job": str(JOB), "event": "x", "level": "info", "time": time, **facts}


def line(traceback: str | None = None, **facts: object) -> Line:
    """What is kept of a line that was written with these facts."""
    clean = redactor.traceback(traceback) if traceback else None
    found = line_of(redactor.redacted(said(**facts)), clean)
    assert found is not None
    return found


def test_a_line_about_no_job_is_passed_over() -> None:
    assert line_of({"event": "worker_ready"}, None) is None
    assert line_of({"event": "x", "job": "a local run"}, None) is None


def test_what_an_event_of_the_job_says_is_not_kept_twice() -> None:
    assert line_of(said(event="stage_done", seq=7), None) is None


def test_a_line_has_what_was_said() -> None:
    found = line(stage="silence", attempt=2, seconds=1.5, reason="late", level="warning")
    assert (found.job, found.stage, found.attempt, found.level) == (JOB, "silence", 2, "warning")
    assert found.at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert found.fields == {"seconds": 1.5, "reason": "late"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "hidden"),
        ("password", "hidden"),
        ("secret", "hidden"),
        ("session_token", "hidden"),
        ("reason", "postgresql://me:hidden@127.0.0.1/noteai"),
        ("url", "https://s3/x?X-Amz-Credential=hidden%2F1&X-Amz-Signature=hidden&partNumber=1"),
        ("header", "Bearer hidden"),
        ("text", "the key sk-hiddenhiddenhiddenhidden was refused"),
    ],
)
def test_secrets_are_not_kept(name: str, value: str) -> None:
    structlog.reset_defaults()
    shelf = Shelf()
    book = Logbook(shelf.write)
    telemetry.listen(book.hear)
    telemetry.logger().info("said", job=JOB, **{name: value})
    telemetry.stop_listening(book.hear)
    book.close()
    structlog.reset_defaults()
    (found,) = shelf.lines
    assert "***" in json.dumps(found.fields)
    assert "hidden" not in json.dumps(found.fields)


def test_a_traceback_is_kept_without_secrets_and_from_its_end() -> None:
    found = line("x" * 50_000 + "redis://:hidden@h/0 refused", reference="r")
    assert found.traceback
    assert found.traceback.endswith("redis://***@h/0 refused")
    assert len(found.traceback) == 16_000
    assert (found.reference, found.fields) == ("r", {})


def test_what_is_too_long_is_cut() -> None:
    found = line(reason="y" * 10_000, event="e" * 200, stage="s" * 200)
    assert found.fields
    assert len(found.fields["reason"]) == 500
    assert (len(found.event), len(found.stage or "")) == (80, 40)
    many = line(**{f"name{number}": "z" * 400 for number in range(100)})
    assert many.fields
    assert many.fields["is_cut"]
    assert len(json.dumps(many.fields)) < 5000


def test_what_json_or_a_database_does_not_have_becomes_text() -> None:
    found = line(a=float("nan"), b=JOB, c="nul\0", d="\ud800", e=float("inf"))
    assert found.fields == {"a": "nan", "b": str(JOB), "c": "nul\ufffd", "d": "?", "e": "inf"}


class Shelf:
    """Takes lines where the database is there."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.is_away = False
        self.is_free = threading.Event()
        self.is_free.set()

    def write(self, lines: Sequence[Line]) -> None:
        self.is_free.wait(30)
        if self.is_away:
            raise DatabaseUnavailable
        self.lines += lines

    def events(self) -> list[str]:
        return [each.event for each in self.lines]


def test_lines_are_written_together_in_their_order() -> None:
    shelf = Shelf()
    book = Logbook(shelf.write)
    for number in range(50):
        book.hear(said(event=f"e{number}"), None)
    until(lambda: len(shelf.lines) == 50)
    assert shelf.events() == [f"e{number}" for number in range(50)]
    book.close()


def test_what_waits_is_written_when_it_is_closed_and_nothing_after() -> None:
    shelf = Shelf()
    book = Logbook(shelf.write)
    book.hear(said(event="last"), None)
    book.close()
    book.hear(said(event="late"), None)
    assert shelf.events() == ["last"]


def test_nobody_waits_for_a_database_that_hangs_and_too_much_is_dropped() -> None:
    shelf = Shelf()
    shelf.is_free.clear()
    book = Logbook(shelf.write)
    for number in range(3000):
        book.hear(said(event=f"e{number}"), None)
    assert book.dropped >= 1000
    shelf.is_free.set()
    until(lambda: len(shelf.lines) + book.dropped >= 3000)
    book.close()


def test_lines_that_a_database_did_not_take_are_counted_and_told_later() -> None:
    shelf = Shelf()
    shelf.is_away = True
    book = Logbook(shelf.write)
    book.hear(said(), None)
    book.hear(said(), None)
    until(lambda: book.dropped == 2)
    shelf.is_away = False
    book.hear(said(event="again"), None)
    until(lambda: "again" in shelf.events())
    assert shelf.events() == ["lines_lost", "again"]
    assert shelf.lines[0].fields == {"count": 2}
    book.hear(said(event="once more"), None)
    until(lambda: "once more" in shelf.events())
    assert shelf.events()[2:] == ["once more"]
    book.close()


def test_a_database_that_is_away_disturbs_nobody() -> None:
    structlog.reset_defaults()
    away = Database("postgresql+psycopg2://nobody@127.0.0.1:9/nothing")
    book = Logbook.of(away)
    telemetry.logger().info("said", job=str(JOB))
    until(lambda: book.dropped == 1)
    book.close()
    telemetry.logger().info("said", job=str(JOB))
    assert book.dropped == 1
    away.close()
    structlog.reset_defaults()
