"""What libraries say through `logging` and `warnings`: written in the form of our own lines."""

import logging
import threading
from collections.abc import Callable
from typing import Any

EVENT = "library_said"


def take_in(logger: Callable[[], Any]) -> None:
    """From now on, of whatever library, at warning and above."""
    root = logging.getLogger()
    if not any(isinstance(each, Foreign) for each in root.handlers):
        root.addHandler(Foreign(logger))
    logging.captureWarnings(capture=True)


def answer_for_threads(logger: Callable[[], Any]) -> None:
    """What ends a thread of this process is a line, too."""

    def broke(given: threading.ExceptHookArgs) -> None:
        if given.exc_type is not SystemExit:
            logger().error("thread_broke", exc_info=given.exc_value)

    threading.excepthook = broke


class Foreign(logging.Handler):
    """Writes a record through `logger`, which is structlog's."""

    def __init__(self, logger: Callable[[], Any]) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"logger": record.name, "message": _message(record)}
        error = record.exc_info[1] if record.exc_info else None
        write = getattr(self._logger(), _level(record.levelno))
        write(EVENT, **facts, **({"exc_info": error} if error else {}))


def _level(number: int) -> str:
    if number >= logging.CRITICAL:
        return "critical"
    return "error" if number >= logging.ERROR else "warning"


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a library's mistake in its own line
        return str(record.msg)
