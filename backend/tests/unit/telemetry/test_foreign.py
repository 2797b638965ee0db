"""What libraries say comes out as our own lines do."""

import json
import logging
import sys
import threading
import warnings
from typing import Any

import pytest
from planting import SEED, TEXTS, is_told

from noteai import telemetry
from noteai.telemetry.foreign import Foreign

pytestmark = pytest.mark.usefixtures("log_as_it_was")

Read = pytest.CaptureFixture[str]


def lines(capsys: Read) -> list[dict[str, Any]]:
    return [json.loads(each) for each in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize(
    "name",
    ["uvicorn.error", "celery", "kombu.connection", "sqlalchemy.pool", "botocore", "alembic"],
)
def test_a_library_is_heard_from_warnings_on(name: str, capsys: Read) -> None:
    telemetry.set_up("worker", "info", "json")
    library = logging.getLogger(name)
    library.info("said nothing of interest")
    library.warning("connection to %s\nwas lost", "redis")
    (found,) = lines(capsys)
    assert (found["event"], found["level"]) == ("library_said", "warning")
    assert found["service"] == "worker"
    assert (found["logger"], found["message"]) == (name, "connection to redis\nwas lost")


def test_it_is_heard_once_however_often_the_log_is_set_up(capsys: Read) -> None:
    for _ in range(3):
        telemetry.set_up("api", "warning", "json")
    logging.getLogger("kombu").error("broke")
    assert [each["level"] for each in lines(capsys)] == ["error"]


def test_it_says_what_its_line_is_about(capsys: Read) -> None:
    telemetry.set_up("worker", "warning", "json")
    with telemetry.about(job="7"):
        logging.getLogger("celery").critical("broke")
    assert [(each["job"], each["level"]) for each in lines(capsys)] == [("7", "critical")]


@pytest.mark.parametrize("kind", TEXTS)
def test_a_library_tells_no_secret(kind: str, capsys: Read) -> None:
    telemetry.set_up("api", "warning", "json")
    try:
        int(TEXTS[kind])
    except ValueError:
        logging.getLogger("uvicorn.error").exception("of %s", TEXTS[kind])
    (found,) = lines(capsys)
    assert "ValueError" in found["traceback"]
    assert not is_told(json.dumps(found))


def test_a_line_with_a_mistake_in_it_is_written_as_it_is(capsys: Read) -> None:
    telemetry.set_up("api", "warning", "json")
    record = logging.LogRecord("kombu", logging.WARNING, "x.py", 1, "%d parts", ("many",), None)
    Foreign(telemetry.logger).handle(record)
    assert [each["message"] for each in lines(capsys)] == ["%d parts"]


def test_a_warning_of_python_is_a_line_too(capsys: Read) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        telemetry.set_up("api", "warning", "json")
        warnings.warn(f"password={SEED}\nis deprecated", stacklevel=1)
    (found,) = lines(capsys)
    assert (found["event"], found["logger"]) == ("library_said", "py.warnings")
    assert not is_told(json.dumps(found))


def test_whoever_listens_is_not_told_what_libraries_say() -> None:
    heard: list[object] = []

    def hear(line: object, _traceback: str | None) -> None:
        heard.append(line)
        logging.getLogger("sqlalchemy").error("the telling broke")

    telemetry.set_up("worker", "warning", "json")
    telemetry.listen(hear)
    telemetry.logger().warning("said")
    telemetry.stop_listening(hear)
    assert len(heard) == 1


def test_what_ends_a_thread_is_a_line(capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    telemetry.set_up("worker", "warning", "json")
    telemetry.answer_for_threads()
    for end in (lambda: int(f"password={SEED}"), sys.exit):
        thread = threading.Thread(target=end)
        thread.start()
        thread.join()
    (found,) = lines(capsys)
    assert (found["event"], found["level"]) == ("thread_broke", "error")
    assert "ValueError" in found["traceback"]
    assert not is_told(json.dumps(found))
