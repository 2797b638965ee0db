"""The two forms of a line: JSON for machines, columns for people. Both take what was redacted."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

Form = Literal["console", "json"]
Render = Callable[[Mapping[str, Any]], str]
FIRST = ("time", "level", "event", "service")
"""What every object begins with."""
_INDENT = "    "
_UNSEEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]"
)
"""What begins a line, moves a terminal's cursor or turns the direction of reading."""


def as_json(line: Mapping[str, Any]) -> str:
    """One object on one line of ASCII, in which no character is left that could end it."""
    known = {name: line[name] for name in FIRST if name in line}
    return json.dumps({**known, **line}, ensure_ascii=True)


def console(*, is_coloured: bool) -> Render:
    """Writes what begins a line as an escape, and sets tracebacks in."""
    from structlog.dev import ConsoleRenderer

    columns = ConsoleRenderer(colors=is_coloured, timestamp_key="time")

    def render(line: Mapping[str, Any]) -> str:
        shown = {_name(name): _value(each) for name, each in line.items() if name not in _APART}
        rendered = str(columns(None, "", shown))
        trace = line.get("traceback")
        return f"{rendered}\n{_set_in(trace.splitlines())}" if trace else rendered

    return render


_APART = ("traceback", "service")
"""Of which process the lines on a terminal are is known to who started it."""


_STRUCTLOGS = ("", "stack", "exception", "exc_info")
"""Fields that structlog would write without their name, or at the margin."""


def _name(name: str) -> str:
    return f"{name}_" if name in _STRUCTLOGS else _escaped(name)


def _escaped(text: str) -> str:
    return _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _value(value: object) -> object:
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=True)
    return value


def _set_in(lines: Iterable[str]) -> str:
    return "\n".join(f"{_INDENT}{_escaped(each)}" for each in lines)
