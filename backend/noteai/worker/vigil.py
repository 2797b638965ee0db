"""Watches over one attempt at a stage, from a thread and a database connection of its own."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from typing import Protocol

from noteai import telemetry
from noteai.database import DatabaseUnavailable
from noteai.engine.events import Event
from noteai.engine.ports import Attempt
from noteai.frozen import Frozen
from noteai.media import tool

_STEP = 0.005
_STUCK = 70  # EX_SOFTWARE of sysexits.h


class Rhythm(Frozen):
    """How often a sign of life is given, and how long one waits for it: seconds."""

    heartbeat: float = 10.0
    lease: float = 45.0
    progress: float = 1.0
    """Between two that are told."""
    patience: float = 3.0
    """Until a stage that was stopped and works on is ended together with its process."""


class Heart(Protocol):
    def heartbeat(self, attempt: Attempt, fraction: float, /) -> str: ...
    def release(self, attempt: Attempt, /) -> bool: ...


@dataclass
class Pace:
    """When to beat: at once where progress is worth telling, else at the slow rhythm."""

    rhythm: Rhythm
    beaten_at: float
    told: float = 0.0

    def is_due(self, now: float, fraction: float) -> bool:
        waited = now - self.beaten_at
        has_moved = fraction - self.told >= _STEP
        return waited >= (self.rhythm.progress if has_moved else self.rhythm.heartbeat)

    def beat(self, now: float, fraction: float) -> None:
        self.beaten_at, self.told = now, fraction

    def is_lost(self, now: float) -> bool:
        """The lease has run out as far as this process can tell."""
        return now - self.beaten_at > self.rhythm.lease


@dataclass
class Vigil:
    """Keeps the lease of an attempt, tells its progress, and stops it where it must not go on.

    It must not where the database says so (it was cancelled, or another has it), where the
    database did not answer for a whole lease, and where `lifeline` has ended: the worker leaves.
    """

    heart: Heart
    rhythm: Rhythm
    lifeline: Connection | None = None
    end_process: Callable[[int], None] = os._exit
    cancelled: threading.Event = field(default_factory=threading.Event)
    _fraction: float = 0.0
    _thread: threading.Thread | None = None

    def begin(self, attempt: Attempt) -> None:
        self._pace = Pace(self.rhythm, time.monotonic())
        self._over, self._bell = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._keep, args=(attempt,), daemon=True)
        self._thread.start()

    def emit(self, event: Event) -> None:
        """Hears of progress; everything else is told by whoever writes it to the ledger."""
        if event.kind != "stage_progressed":
            return
        self._fraction = event.fraction
        if self._pace.is_lost(time.monotonic()):  # this process was asleep
            self.cancelled.set()

    def end(self) -> None:
        """The stage has returned: nothing of it goes on, and the next may start programs."""
        if self._thread is None:
            return
        self._bell.close()
        self._thread.join()
        self._over.close()
        tool.admit()

    def _keep(self, attempt: Attempt) -> None:
        why = self._reason_to_stop(attempt)
        if why:
            telemetry.logger().warning("attempt_stopped", why=why, **_named(attempt))
            self._stop(attempt)

    def _reason_to_stop(self, attempt: Attempt) -> str:
        """Empty once the stage has returned."""
        watched = [self._over, self.lifeline] if self.lifeline else [self._over]
        while True:
            ready = wait(watched, self.rhythm.progress / 2)
            if self._over in ready:
                return ""
            if ready:
                return "worker_leaves"
            if self.cancelled.is_set() or self._pace.is_lost(time.monotonic()):
                return "lease_lost"
            if not self._beats(attempt):
                return "told_to_stop"

    def _beats(self, attempt: Attempt) -> bool:
        now, fraction = time.monotonic(), self._fraction
        if not self._pace.is_due(now, fraction):
            return True
        try:
            answer = self.heart.heartbeat(attempt, fraction)
        except DatabaseUnavailable:
            return True
        self._pace.beat(now, fraction)
        return answer == "go_on"

    def _stop(self, attempt: Attempt) -> None:
        self.cancelled.set()
        tool.kill_all()
        with suppress(DatabaseUnavailable):  # then the sweeper takes it when its lease is over
            self.heart.release(attempt)
        if not self._over.poll(self.rhythm.patience):
            telemetry.logger().warning("process_ended", **_named(attempt))
            self.end_process(_STUCK)


def _named(attempt: Attempt) -> dict[str, object]:
    """For lines of a thread that was not told what they are about."""
    return {"job": attempt.run, "stage": attempt.stage, "attempt": attempt.number}
