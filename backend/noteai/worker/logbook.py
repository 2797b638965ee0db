"""What a worker says about jobs, on its way into the database: no stage waits for it or fails."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from noteai import telemetry
from noteai.database import Database
from noteai.jobs import logs
from noteai.jobs.logs import LEVELS, Level, Line

_ROOM = 1000
"""Lines that wait; more are dropped and counted."""
_GATHER = 0.2
"""Seconds in which lines come together."""
_FAREWELL = 2.0
_LONGEST_TEXT, _LONGEST_FIELDS, _LONGEST_TRACEBACK = 500, 4000, 16_000
"""Characters."""
_OWN = {
    *("event", "level", "time", "service", "job", "stage", "attempt", "reference", "traceback"),
    *("request", "trace_id", "span_id"),
}
"""What is no field of its own in a line, has a column, or says how it came about."""
_LOST = "lines_lost"


class Logbook:
    """Written to by a thread of its own, which begins with the first line."""

    def __init__(self, write: Callable[[Sequence[Line]], None]) -> None:
        self.dropped = 0
        """Lines that were never written: the database was away, or they were too many."""
        self._write = write
        self._waiting: deque[Line] = deque()
        self._bell = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._untold = 0
        self._leave: Callable[[], None] = lambda: None

    @classmethod
    def of(cls, database: Database) -> "Logbook":
        """Of all that this process says, until it is closed."""
        book = cls(lambda lines: logs.write(database, lines))
        telemetry.listen(book.hear)
        book._leave = lambda: telemetry.stop_listening(book.hear)
        return book

    def hear(self, said: Mapping[str, Any], traceback: str | None) -> None:
        """A line without secrets; one that is about no job is passed over."""
        line = line_of(said, traceback)
        if line is None or self._closing.is_set():
            return
        with self._lock:
            if len(self._waiting) >= _ROOM:
                self._drop(1)
                return
            self._waiting.append(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._turn, name="logbook", daemon=True)
                self._thread.start()
        self._bell.set()

    def close(self) -> None:
        """Write what waits, unless that takes long."""
        self._leave()
        self._closing.set()
        self._bell.set()
        if self._thread:
            self._thread.join(_FAREWELL)

    def _turn(self) -> None:
        while not (self._closing.is_set() and not self._waiting):
            self._bell.wait()
            self._closing.wait(_GATHER)
            self._bell.clear()
            self._empty()

    def _empty(self) -> None:
        with self._lock:
            lines = [*self._lost(), *self._waiting]
            self._waiting.clear()
        try:
            self._write(lines)
        except Exception:  # noqa: BLE001 - a log that cannot be written is no reason to stop work
            with self._lock:
                self._drop(sum(each.event != _LOST for each in lines))
        else:
            with self._lock:
                self._untold = max(0, self._untold - _told(lines))

    def _drop(self, number: int) -> None:
        self.dropped += number
        self._untold += number

    def _lost(self) -> Iterator[Line]:
        """That lines are missing, in the log of the next job that has any."""
        if self._untold and self._waiting:
            first = self._waiting[0]
            yield Line(first.job, first.at, "warning", _LOST, fields={"count": self._untold})


def _told(lines: Sequence[Line]) -> int:
    return sum((each.fields or {}).get("count", 0) for each in lines if each.event == _LOST)


def line_of(said: Mapping[str, Any], traceback: str | None) -> Line | None:
    """None where it is about no job, or says what an event of the job says, which has a number."""
    try:
        job = UUID(str(said.get("job")))
    except ValueError:
        return None
    if "seq" in said:
        return None
    return Line(
        job=job,
        at=_moment(said.get("time")),
        level=_level(said.get("level")),
        event=_text(said.get("event"), 80),
        stage=_text(said["stage"], 40) if said.get("stage") else None,
        attempt=said["attempt"] if isinstance(said.get("attempt"), int) else None,
        fields=_fields(said),
        reference=said.get("reference") if traceback else None,
        traceback=traceback[-_LONGEST_TRACEBACK:] if traceback else None,
    )


def _level(name: object) -> Level:
    return next((each for each in LEVELS if each == name), "error")


def _moment(written: object) -> datetime:
    try:
        return datetime.fromisoformat(str(written))
    except ValueError:
        return datetime.now(UTC)


def _fields(said: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    room = _LONGEST_FIELDS
    for name, value in said.items():
        if name in _OWN:
            continue
        shown = _text(value, _LONGEST_TEXT) if isinstance(value, str) else value
        room -= len(name) + len(json.dumps(shown))
        if room < 0:
            return {**fields, "is_cut": True}
        fields[_text(name, 80)] = shown
    return fields


def _text(value: object, longest: int) -> str:
    text = str(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
