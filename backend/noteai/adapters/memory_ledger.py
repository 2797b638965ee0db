"""A `Ledger` in memory, for a run that lives as long as its process."""

import threading
from collections import defaultdict
from collections.abc import Mapping

from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt, StageRecord

_READY = StageRecord("ready")


class MemoryLedger:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, dict[str, StageRecord]] = defaultdict(dict)
        self._attempts: dict[tuple[str, str], int] = defaultdict(int)

    def claim(self, run: str, stage: str) -> Attempt | None:
        with self._lock:
            if self._records[run].get(stage, _READY).state != "ready":
                return None
            self._records[run][stage] = StageRecord("running")
            self._attempts[run, stage] += 1
            return Attempt(run, stage, self._attempts[run, stage])

    def done(self, attempt: Attempt, manifest: Manifest) -> bool:
        return self._end(attempt, StageRecord("done", manifest=manifest))

    def skipped(self, attempt: Attempt, why: Failure) -> bool:
        return self._end(attempt, StageRecord("skipped", failure=why))

    def failed(self, attempt: Attempt, why: Failure) -> bool:
        return self._end(attempt, StageRecord("failed", failure=why))

    def put_off(self, attempt: Attempt, why: Failure) -> bool:
        """Ready at once: whoever runs the stage here waits and counts by himself."""
        return self._end(attempt, StageRecord("ready", failure=why))

    def release(self, attempt: Attempt) -> bool:
        return self._end(attempt, _READY)

    def records(self, run: str) -> Mapping[str, StageRecord]:
        with self._lock:
            return dict(self._records[run])

    def _end(self, attempt: Attempt, record: StageRecord) -> bool:
        with self._lock:
            newest = self._attempts[attempt.run, attempt.stage] == attempt.number
            if not newest or self._records[attempt.run][attempt.stage].state != "running":
                return False
            self._records[attempt.run][attempt.stage] = record
            return True
