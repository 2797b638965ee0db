import io
import json

import pytest
from rich.console import Console

from noteai.cli import progress
from noteai.cli.progress import JsonLines, LiveTable, PlainLines, Row, clock, showing
from noteai.engine.events import Event, EventKind, Failure

WHY = Failure(code="no_sound", message="There is no sound.", remedy="Add some.")


def event(kind: EventKind, **facts: object) -> Event:
    return Event.model_validate({"kind": kind, "run": "r", "stage": "silence", **facts})


def heard(*told: tuple[EventKind, float, float]) -> Row:
    row = Row()
    for kind, fraction, now in told:
        row.hear(event(kind, fraction=fraction), now)
    return row


def test_a_running_stage_says_how_long_it_will_take() -> None:
    row = heard(("stage_started", 0, 100.0), ("stage_progressed", 0.25, 110.0))
    assert row.left(110.0) == pytest.approx(30)
    assert row.speed(600.0, 110.0) == pytest.approx(15)


def test_before_anything_is_done_nothing_is_promised() -> None:
    assert heard(("stage_started", 0, 100.0)).left(101.0) is None
    assert heard(("stage_started", 0, 100.0)).speed(None, 101.0) is None


def test_a_stage_that_has_ended_has_no_time_left() -> None:
    row = heard(("stage_started", 0, 100.0), ("stage_done", 1, 110.0))
    assert row.left(111.0) is None


def test_what_was_cached_claims_no_speed() -> None:
    row = Row()
    row.hear(event("stage_done", fraction=1, seconds=50.0, source="cached"), 1.0)
    assert (row.state, row.speed(600.0, 2.0)) == ("cached", None)


def test_plain_lines_tell_changes_and_now_and_then_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([0.0, 1.0, 6.0, 7.0, 8.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    lines: list[str] = []
    sink = PlainLines(lines.append)
    sink.emit(event("stage_started"))
    sink.emit(event("stage_progressed", fraction=0.1))
    sink.emit(event("stage_progressed", fraction=0.5))
    sink.emit(event("stage_progressed", fraction=0.6))
    sink.emit(event("stage_done", fraction=1, seconds=8.0, source="ran"))
    assert lines == ["silence: running", "silence: 50%, 0:06 left", "silence: done in 8.0 s"]


def test_plain_lines_say_why_a_stage_failed() -> None:
    lines: list[str] = []
    PlainLines(lines.append).emit(event("stage_failed", failure=WHY))
    assert lines == ["silence: failed: There is no sound."]


def test_json_lines_are_events_with_progress_by_the_percent() -> None:
    lines: list[str] = []
    sink = JsonLines(lines.append)
    for fraction in (0.101, 0.102, 0.15, 0.12):
        sink.emit(event("stage_progressed", fraction=fraction))
    assert [json.loads(each)["fraction"] for each in lines] == [0.101, 0.15]
    assert json.loads(lines[0])["stage"] == "silence"


def test_the_table_has_a_row_for_every_stage() -> None:
    table = LiveTable(("silence", "layout", "clips", "content"), lambda: 600.0)
    table.emit(event("stage_started"))
    table.emit(event("stage_progressed", fraction=0.5))
    table.emit(event("stage_failed", stage="layout", failure=WHY))
    table.emit(event("stage_done", stage="clips", fraction=1, seconds=3.0, source="cached"))
    console = Console(file=io.StringIO(), width=100)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    for text in ("50%", "failed", "cached", "waiting", "×"):
        assert text in shown


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (5, "0:05"), (75.4, "1:15"), (3725, "1:02:05")]
)
def test_times_read_as_on_a_clock(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("form", "kind"), [("json", JsonLines), ("lines", PlainLines), ("table", LiveTable)]
)
def test_each_form_has_its_display(form: progress.Form, kind: type) -> None:
    console = Console(file=io.StringIO())
    with showing(form, console, ("silence",), lambda: None) as display:
        assert isinstance(display, kind)
