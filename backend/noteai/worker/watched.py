"""The ledger, and the parts, as a worker's stage sees them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from noteai import tracing
from noteai.database import DatabaseUnavailable
from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import (
    Attempt,
    Ledger,
    PartOrder,
    Parts,
    PartStanding,
    StageRecord,
    Taken,
)
from noteai.errors import Cancelled
from noteai.jobs.records import read
from noteai.worker.vigil import Vigil

T = TypeVar("T")
_PAUSE = 0.5
_PASSING = frozenset({"no_memory_left", "no_space_left"})
"""Failures that may be another stage's doing, which has its end, too: tried again like a service
that does not answer."""


class WatchedLedger:
    """A claim begins the vigil, as does an attempt that was `claimed` before, which is given out
    once and knows what had `ended` by then; an attempt that was stopped writes nothing.

    How a stage ended is written again and again while the database does not answer, for as long
    as the lease holds.
    """

    def __init__(
        self,
        ledger: Ledger,
        vigil: Vigil,
        claimed: Attempt | None = None,
        ended: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self._ledger = ledger
        self._vigil = vigil
        self._claimed = claimed
        self._ended = ended
        self._records: Mapping[str, StageRecord] | None = None
        self.is_done = False
        if claimed:
            vigil.begin(claimed)

    def claim(self, run: str, stage: str) -> Attempt | None:
        if self._claimed:
            claimed, self._claimed = self._claimed, None
            return claimed
        attempt = self._ledger.claim(run, stage)
        if attempt:
            self._vigil.begin(attempt)
        return attempt

    def records(self, run: str) -> Mapping[str, StageRecord]:
        """As they were at first sight: what this stage needs has ended before."""
        if self._records is None:
            ended = self._ended
            self._records = self._ledger.records(run) if ended is None else read(ended)
        return self._records

    def done(self, attempt: Attempt, manifest: Manifest) -> bool:
        outcome = "cached" if manifest.source == "cached" else "done"
        self.is_done = self._write(lambda: self._ledger.done(attempt, manifest), outcome)
        return self.is_done

    def skipped(self, attempt: Attempt, why: Failure) -> bool:
        return self._write(lambda: self._ledger.skipped(attempt, why), "skipped")

    def failed(self, attempt: Attempt, why: Failure) -> bool:
        if why.code in _PASSING:
            return self.put_off(attempt, why)
        return self._write(lambda: self._ledger.failed(attempt, why), "failed", why.code)

    def put_off(self, attempt: Attempt, why: Failure) -> bool:
        return self._write(lambda: self._ledger.put_off(attempt, why), "put_off", why.code)

    def release(self, attempt: Attempt) -> bool:
        tracing.tell(outcome="released")
        return self._ledger.release(attempt)

    def _write(self, write: Callable[[], bool], outcome: str, code: str | None = None) -> bool:
        is_written = self._insist(write)
        tracing.tell(outcome=outcome if is_written else "stale", error=code)
        return is_written

    def _insist(self, write: Callable[[], bool]) -> bool:
        while not self._vigil.cancelled.is_set():
            try:
                return write()
            except DatabaseUnavailable:
                self._vigil.cancelled.wait(_PAUSE)
        return False


class WatchedParts:
    """Asks again and again while the database does not answer, for as long as the lease holds."""

    def __init__(self, parts: Parts, vigil: Vigil) -> None:
        self._parts = parts
        self._vigil = vigil

    def offer(self, attempt: Attempt, orders: Sequence[PartOrder]) -> bool:
        return self._insist(lambda: self._parts.offer(attempt, orders))

    def take(self, attempt: Attempt) -> Taken | None:
        return self._insist(lambda: self._parts.take(attempt))

    def help(self, run: str, stage: str) -> Taken | None:
        return self._insist(lambda: self._parts.help(run, stage))

    def beat(self, taken: Taken, fraction: float) -> bool:
        return self._insist(lambda: self._parts.beat(taken, fraction))

    def done(self, taken: Taken, cost: float) -> bool:
        return self._insist(lambda: self._parts.done(taken, cost))

    def leave(self, taken: Taken) -> bool:
        return self._insist(lambda: self._parts.leave(taken))

    def release(self, taken: Taken) -> bool:
        """Also of one that was stopped; where it fails, the lease runs out."""
        with suppress(DatabaseUnavailable):
            return self._parts.release(taken)
        return False

    def standing(self, attempt: Attempt) -> Sequence[PartStanding]:
        return self._insist(lambda: self._parts.standing(attempt))

    def close(self, attempt: Attempt) -> None:
        """What is left over belongs to no attempt in force, and goes with the job at the latest."""
        with suppress(DatabaseUnavailable):
            self._parts.close(attempt)

    def _insist(self, ask: Callable[[], T]) -> T:
        while not self._vigil.cancelled.is_set():
            try:
                return ask()
            except DatabaseUnavailable:
                self._vigil.cancelled.wait(_PAUSE)
        raise Cancelled


class PartHeart:
    """A helper's vigil is over the part that it took."""

    def __init__(self, parts: Parts, taken: Taken) -> None:
        self._parts = parts
        self._taken = taken

    def heartbeat(self, _: Attempt, fraction: float, /) -> str:
        return "go_on" if self._parts.beat(self._taken, fraction) else "stop"

    def release(self, _: Attempt, /) -> bool:
        return self._parts.release(self._taken)
