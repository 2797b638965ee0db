"""The log on standard error: constant events, with facts as fields.

structlog is loaded with the first line that is written, for most runs write none.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from noteai import tracing

_NOTEAI = logging.getLogger("noteai")
Hear = Callable[[Mapping[str, Any], str | None], None]
"""Takes a line as structlog has it, and its traceback where it has one."""
_hearers: list[Hear] = []


def set_level(name: str) -> None:
    """Leave out what is less serious than `name`: debug, info, warning, error."""
    _NOTEAI.setLevel(logging.getLevelNamesMapping().get(name.upper(), logging.WARNING))


def listen(hear: Hear) -> None:
    """Tell `hear` of every line of level info and above, also of those that are not shown.

    What it raises is nobody's business: a line never fails who writes it.
    """
    _hearers.append(hear)


def stop_listening(hear: Hear) -> None:
    _hearers.remove(hear)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Every line that this thread writes inside has these facts."""
    from structlog.contextvars import bound_contextvars

    with bound_contextvars(**facts):
        yield


def logger() -> Any:
    """The structlog logger, set up unless that was done elsewhere."""
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                tracing.stamp,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _tell,
                _leave_out,
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(),
                    exception_formatter=structlog.dev.plain_traceback,  # rich's takes seconds
                ),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(min(_NOTEAI.level, logging.INFO)),
            logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        )
    return structlog.get_logger()


def _tell(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A defect gets a reference, by which what is told elsewhere is found again."""
    if line.get("exc_info"):
        line.setdefault("reference", uuid4().hex[:12])
    for hear in _hearers:
        with suppress(Exception):
            hear(line, _traceback(line.get("exc_info")))
    return line


def _leave_out(
    _logger: Any, method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    from structlog import DropEvent

    name = str(line.get("level", method)).upper()
    if logging.getLevelNamesMapping().get(name, logging.ERROR) < _NOTEAI.level:
        raise DropEvent
    return line


def _traceback(given: object) -> str | None:
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    return "".join(traceback.format_exception(error)) if error else None
