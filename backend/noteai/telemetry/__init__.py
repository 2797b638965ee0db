"""The log on standard error: constant events, with facts as fields.

structlog is loaded with the first line that is written, for most runs write none.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from noteai import tracing
from noteai.telemetry import foreign, forms, redactor
from noteai.telemetry.forms import Form

__all__ = [
    "Form",
    "about",
    "answer_for_threads",
    "bound",
    "is_for_machines",
    "is_heard",
    "listen",
    "logger",
    "set_level",
    "set_up",
    "stop_listening",
]

_NOTEAI = logging.getLogger("noteai")
_LEVELS = logging.getLevelNamesMapping()
Line = MutableMapping[str, Any]
Hear = Callable[[Mapping[str, Any], str | None], None]
"""Takes a line without secrets, and its traceback where it has one."""
_ABOUT = ("job", "stage", "attempt")
_hearers: list[Hear] = []


@dataclass
class _Voice:
    """How this process speaks."""

    service: str = ""
    form: Form = "console"


_VOICE = _Voice()


def set_up(service: str, level: str, form: Form = "console") -> None:
    """Say who speaks, from which level, and in which form: that of what libraries say, too."""
    set_level(level)
    _VOICE.service, _VOICE.form = service, form
    foreign.take_in(logger)


def set_level(name: str) -> None:
    """Leave out what is less serious than `name`: debug, info, warning, error."""
    _NOTEAI.setLevel(_LEVELS.get(name.upper(), logging.WARNING))


def is_for_machines() -> bool:
    """Whether standard error has lines of JSON and nothing else: of a part of the service."""
    return _VOICE.form == "json" and _VOICE.service != "cli"


def is_heard(level: str) -> bool:
    """Whether somebody reads lines of that level; else they need not be written."""
    return _is_shown(level) or bool(_hearers and _number(level) >= logging.INFO)


def answer_for_threads() -> None:
    """For a process that is ours alone."""
    foreign.answer_for_threads(logger)


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


def bound(name: str) -> Any:
    """What lines are about at this moment; None where that was not said."""
    from structlog.contextvars import get_contextvars

    return get_contextvars().get(name)


def logger() -> Any:
    """The structlog logger, set up unless that was done elsewhere."""
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                _leave_out,
                structlog.contextvars.merge_contextvars,
                _add_facts,
                _redact,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                _tell,
                _render(forms.console(is_coloured=sys.stderr.isatty())),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
            logger_factory=_Lines,
        )
    return structlog.get_logger()


class _Lines:
    """Standard error: a line is one write, so that processes that share it keep theirs apart."""

    def __init__(self, *_: object) -> None:
        self._stream = sys.stderr

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a full disk is no reason to stop work
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = write


def _leave_out(_logger: Any, method: str, line: Line) -> Line:
    """First of all, what nobody reads."""
    from structlog import DropEvent

    if not is_heard(method):
        raise DropEvent
    return line


def _add_facts(_logger: Any, _method: str, line: Line) -> Line:
    """A defect gets a reference, by which what is told elsewhere is found again. None says that a
    line is not about what the lines around it are about.
    """
    line.update(tracing.ids())
    for name in _ABOUT:
        if line.get(name, name) is None:
            del line[name]
    line["service"] = _VOICE.service
    trace = _traceback(line.pop("exc_info", None))
    if trace:
        line.setdefault("reference", uuid4().hex[:12])
        line["traceback"] = trace
    return line


def _redact(_logger: Any, _method: str, line: Line) -> Line:
    trace = line.pop("traceback", None)
    shown = redactor.redacted(line)
    return {**shown, "traceback": redactor.traceback(trace)} if trace else shown


def _tell(_logger: Any, method: str, line: Line) -> Line:
    """What a library says is told to nobody: it may be about the telling."""
    from structlog import DropEvent

    if line["event"] != foreign.EVENT and _number(method) >= logging.INFO:
        for hear in _hearers:
            with suppress(Exception):
                hear(line, line.get("traceback"))
    if not _is_shown(method):
        raise DropEvent
    return line


def _render(console: forms.Render) -> Callable[[Any, str, Line], str]:
    def render(_logger: Any, _method: str, line: Line) -> str:
        return forms.as_json(line) if _VOICE.form == "json" else console(line)

    return render


def _is_shown(method: str) -> bool:
    return _number(method) >= _NOTEAI.level


def _number(method: str) -> int:
    return _LEVELS.get(method.upper(), logging.ERROR)


def _traceback(given: object) -> str | None:
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    return "".join(traceback.format_exception(error)) if error else None
