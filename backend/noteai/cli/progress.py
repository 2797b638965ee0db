"""What is shown while a run works: a live table, plain lines, or JSON lines."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from noteai.engine.events import Event

Form = Literal["table", "lines", "json"]
_LINE_EVERY = 5.0
_REFRESH = 8
_STYLES = {"done": "green", "cached": "green", "failed": "bold red", "skipped": "yellow"}


@dataclass
class Row:
    """How far one stage is."""

    state: str = "waiting"
    fraction: float = 0.0
    started: float = 0.0
    seconds: float = 0.0
    said: float = 0.0

    def hear(self, event: Event, now: float) -> None:
        self.fraction = max(self.fraction, event.fraction)
        if event.kind == "stage_started":
            self.state, self.started, self.said = "running", now, now
        elif event.kind == "stage_done":
            self.state = "cached" if event.source == "cached" else "done"
            self.seconds = event.seconds if event.source == "ran" else 0.0
        elif event.kind in ("stage_failed", "stage_skipped"):
            self.state = event.kind.removeprefix("stage_")

    def elapsed(self, now: float) -> float:
        return now - self.started if self.state == "running" else self.seconds

    def left(self, now: float) -> float | None:
        """Seconds to go at the pace so far; None while that cannot be told."""
        if self.state != "running" or self.fraction < 0.02:
            return None
        return self.elapsed(now) * (1 - self.fraction) / self.fraction

    def speed(self, media_seconds: float | None, now: float) -> float | None:
        """Seconds of lecture a second of work."""
        took = self.elapsed(now)
        if not media_seconds or took <= 0 or self.state not in ("running", "done"):
            return None
        return self.fraction * media_seconds / took


class Display(Protocol):
    """An event sink that stands on the screen while a run works."""

    def emit(self, event: Event) -> None: ...


class Unheard:
    """An event sink that tells nobody."""

    def emit(self, event: Event) -> None:
        """Nothing is shown."""


class LiveTable:
    """A table that is drawn again and again: stage, percent, speed, time left."""

    def __init__(self, stages: tuple[str, ...], media_seconds: Callable[[], float | None]) -> None:
        self.rows = {name: Row() for name in stages}
        self._media_seconds = media_seconds
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        with self._lock:
            if event.stage:
                self.rows[event.stage].hear(event, time.monotonic())

    def __rich__(self) -> RenderableType:
        now, media = time.monotonic(), self._media_seconds()
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("stage", "", "done", "took", "speed", "left"):
            table.add_column(heading, justify="left" if heading in ("stage", "") else "right")
        with self._lock:
            for name, row in self.rows.items():
                table.add_row(*_cells(name, row, media, now))
        return table


class PlainLines:
    """A line for each change, and one in five seconds of work."""

    def __init__(self, print_line: Callable[[str], None]) -> None:
        self._rows: dict[str, Row] = {}
        self._print = print_line
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        if not event.stage:
            return
        now = time.monotonic()
        with self._lock:
            row = self._rows.setdefault(event.stage, Row())
            row.hear(event, now)
            if event.kind == "stage_progressed":
                if now - row.said < _LINE_EVERY:
                    return
                row.said = now
            self._print(_line(event.stage, row, event, now))


class JsonLines:
    """Each event as a line of JSON; of progress, only whole percents that are new."""

    def __init__(self, print_line: Callable[[str], None]) -> None:
        self._print = print_line
        self._percent: dict[str, int] = {}
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        with self._lock:
            if event.kind == "stage_progressed":
                percent = int(event.fraction * 100)
                if percent <= self._percent.get(event.stage, -1):
                    return
                self._percent[event.stage] = percent
            self._print(event.model_dump_json(exclude_defaults=True))


@contextmanager
def showing(
    form: Form,
    console: Console,
    stages: tuple[str, ...],
    media_seconds: Callable[[], float | None],
) -> Iterator[Display]:
    """The display of a form; the live table stays on the screen as it was at the end."""
    if form == "json":
        yield JsonLines(lambda line: print(line, flush=True))  # noqa: T201 - for machines
    elif form == "lines":
        yield PlainLines(lambda line: console.print(line, highlight=False, markup=False))
    else:
        table = LiveTable(stages, media_seconds)
        with Live(table, console=console, refresh_per_second=_REFRESH):
            yield table


def clock(seconds: float | None) -> str:
    """75 is `1:15`; an unknown time is empty."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cells(name: str, row: Row, media: float | None, now: float) -> tuple[RenderableType, ...]:
    style = _STYLES.get(row.state, "")
    if row.state == "waiting":
        return (f"[dim]{name}[/]", "", "[dim]waiting[/]", "", "", "")
    if row.state in ("failed", "skipped"):
        return (name, "", f"[{style}]{row.state}[/]", "", "", "")
    speed = row.speed(media, now)
    return (
        name,
        ProgressBar(total=1.0, completed=row.fraction, width=24),
        f"[{style}]{row.state}[/]" if row.state == "cached" else f"{row.fraction:.0%}",
        clock(row.elapsed(now)) if row.state != "cached" else "",
        f"{speed:.1f}×" if speed else "",
        clock(row.left(now)),
    )


def _line(stage: str, row: Row, event: Event, now: float) -> str:
    if event.kind == "stage_progressed":
        left = clock(row.left(now))
        return f"{stage}: {row.fraction:.0%}" + (f", {left} left" if left else "")
    if event.kind == "stage_done":
        return f"{stage}: {row.state}" + (f" in {row.seconds:.1f} s" if row.seconds else "")
    if event.failure:
        return f"{stage}: {row.state}: {event.failure.message}"
    return f"{stage}: {row.state}"
