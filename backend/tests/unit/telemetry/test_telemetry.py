import io
import json
import sys
from collections.abc import Mapping

import pytest
import structlog

from noteai import telemetry

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def test_events_go_to_standard_error_with_their_facts(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.set_level("info")
    telemetry.logger().info("stage_refused", stage="silence")
    out, err = capsys.readouterr()
    assert out == ""
    assert "stage_refused" in err
    assert "silence" in err


def break_down(secret: str) -> None:
    raise ValueError(len(secret))


def test_a_defect_is_written_with_its_plain_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        break_down("not to be seen")
    except ValueError as error:
        telemetry.logger().error("stage_broke", exc_info=error)
    err = capsys.readouterr().err
    assert "ValueError: 14" in err
    assert "break_down" in err
    assert "not to be seen" not in err.replace('break_down("not to be seen")', "")


@pytest.mark.parametrize("level", ["warning", "WARNING", "no such level"])
def test_what_is_less_serious_is_left_out(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.set_level(level)
    telemetry.logger().info("stage_refused")
    telemetry.logger().error("stage_broke")
    err = capsys.readouterr().err
    assert "stage_refused" not in err
    assert "stage_broke" in err


def test_a_set_up_of_others_stays() -> None:
    with structlog.testing.capture_logs() as heard:
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        telemetry.logger().info("said")
    assert [each["event"] for each in heard] == ["said"]
    assert isinstance(structlog.get_config()["logger_factory"], structlog.ReturnLoggerFactory)


def test_who_listens_hears_also_what_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.set_level("warning")
    heard: list[tuple[str, str | None]] = []

    def hear(line: Mapping[str, object], traceback: str | None) -> None:
        heard.append((str(line["event"]), traceback))
        raise RuntimeError("a listener's trouble is its own")

    telemetry.listen(hear)
    telemetry.logger().debug("looked_at")
    telemetry.logger().info("stage_refused")
    try:
        break_down("x")
    except ValueError:
        telemetry.logger().exception("stage_broke")
    telemetry.stop_listening(hear)
    telemetry.logger().error("said_to_nobody")
    assert [event for event, _ in heard] == ["stage_refused", "stage_broke"]
    assert heard[0][1] is None
    assert "break_down" in (heard[1][1] or "")
    shown = capsys.readouterr().err
    assert "stage_refused" not in shown
    assert "reference" in shown


def test_every_line_has_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.set_up("worker", "info", "json")
    with telemetry.about(job="7", stage="clips"):
        assert telemetry.bound("job") == "7"
        telemetry.logger().info("said")
    telemetry.logger().info("said")
    assert telemetry.bound("job") is None
    inside, outside = map(json.loads, capsys.readouterr().err.splitlines())
    assert (inside["job"], inside["stage"]) == ("7", "clips")
    assert "job" not in outside


def test_a_stream_that_takes_nothing_disturbs_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    telemetry._Lines().error("said")


def test_a_line_may_be_about_something_else_than_those_around_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    telemetry.set_up("worker", "info", "json")
    with telemetry.about(job="7", stage="first", attempt=2):
        telemetry.logger().info("stage_ready", stage="last", attempt=None)
    said = json.loads(capsys.readouterr().err)
    assert (said["job"], said["stage"]) == ("7", "last")
    assert "attempt" not in said
