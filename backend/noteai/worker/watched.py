"""The ledger as a worker's stage sees it."""

from collections.abc import Callable, Mapping

from noteai.database import DatabaseUnavailable
from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt, Ledger, StageRecord
from noteai.worker.vigil import Vigil

_PAUSE = 0.5


class WatchedLedger:
    """A claim begins the vigil; an attempt that was stopped writes nothing.

    How a stage ended is written again and again while the database does not answer, for as long
    as the lease holds.
    """

    def __init__(self, ledger: Ledger, vigil: Vigil) -> None:
        self._ledger = ledger
        self._vigil = vigil
        self._records: Mapping[str, StageRecord] | None = None
        self.is_done = False

    def claim(self, run: str, stage: str) -> Attempt | None:
        attempt = self._ledger.claim(run, stage)
        if attempt:
            self._vigil.begin(attempt)
        return attempt

    def records(self, run: str) -> Mapping[str, StageRecord]:
        """As they were at first sight: what this stage needs has ended before."""
        if self._records is None:
            self._records = self._ledger.records(run)
        return self._records

    def done(self, attempt: Attempt, manifest: Manifest) -> bool:
        self.is_done = self._write(lambda: self._ledger.done(attempt, manifest))
        return self.is_done

    def skipped(self, attempt: Attempt, why: Failure) -> bool:
        return self._write(lambda: self._ledger.skipped(attempt, why))

    def failed(self, attempt: Attempt, why: Failure) -> bool:
        return self._write(lambda: self._ledger.failed(attempt, why))

    def put_off(self, attempt: Attempt, why: Failure) -> bool:
        return self._write(lambda: self._ledger.put_off(attempt, why))

    def release(self, attempt: Attempt) -> bool:
        return self._ledger.release(attempt)

    def _write(self, write: Callable[[], bool]) -> bool:
        while not self._vigil.cancelled.is_set():
            try:
                return write()
            except DatabaseUnavailable:
                self._vigil.cancelled.wait(_PAUSE)
        return False
