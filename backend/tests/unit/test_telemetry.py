import logging
from collections.abc import Iterator, Mapping

import pytest
import structlog

from noteai import telemetry


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()
    logging.getLogger("noteai").setLevel(logging.NOTSET)


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
