"""`Parts` in memory: where nobody else comes to help, the holder does one after another."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from noteai.engine.ports import Attempt, PartOrder, PartStanding, PartState, Taken


@dataclass
class _Row:
    attempt: Attempt
    order: PartOrder
    state: PartState = "ready"
    take: int = 0
    fraction: float = 0.0
    cost: float = 0.0


class OwnParts:
    """Knows no leases: its helpers, if there are any, live as long as the holder."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, str], list[_Row]] = {}

    def offer(self, attempt: Attempt, orders: Sequence[PartOrder]) -> bool:
        with self._lock:
            now = self._rows.get((attempt.run, attempt.stage), [])
            if any(row.attempt.number > attempt.number for row in now):
                return False
            self._rows[attempt.run, attempt.stage] = [_Row(attempt, each) for each in orders]
            return True

    def take(self, attempt: Attempt) -> Taken | None:
        with self._lock:
            mine = (row for row in self._of(attempt) if row.state in ("ready", "own"))
            return _taken(next(mine, None))

    def help(self, run: str, stage: str) -> Taken | None:
        with self._lock:
            free = (row for row in self._rows.get((run, stage), []) if row.state == "ready")
            return _taken(next(free, None))

    def beat(self, taken: Taken, fraction: float) -> bool:
        with self._lock:
            row = self._held(taken)
            if row:
                row.fraction = max(row.fraction, fraction)
            return row is not None

    def done(self, taken: Taken, cost: float) -> bool:
        return self._end(taken, "done", cost)

    def leave(self, taken: Taken) -> bool:
        return self._end(taken, "own")

    def release(self, taken: Taken) -> bool:
        return self._end(taken, "ready")

    def standing(self, attempt: Attempt) -> Sequence[PartStanding]:
        with self._lock:
            return [
                PartStanding(row.order.number, row.state, row.fraction, row.cost)
                for row in self._of(attempt)
            ]

    def close(self, attempt: Attempt) -> None:
        with self._lock:
            rows = self._rows.get((attempt.run, attempt.stage), [])
            if all(row.attempt.number <= attempt.number for row in rows):
                self._rows.pop((attempt.run, attempt.stage), None)

    def _of(self, attempt: Attempt) -> list[_Row]:
        rows = self._rows.get((attempt.run, attempt.stage), [])
        return [row for row in rows if row.attempt == attempt]

    def _held(self, taken: Taken) -> _Row | None:
        for row in self._of(taken.attempt):
            if (row.order.number, row.take) == (taken.order.number, taken.take):
                return row if row.state == "running" else None
        return None

    def _end(self, taken: Taken, state: PartState, cost: float = 0.0) -> bool:
        with self._lock:
            row = self._held(taken)
            if row is None:
                return False
            row.state, row.cost, row.fraction = state, cost, float(state == "done")
            return True


def _taken(row: _Row | None) -> Taken | None:
    if row is None:
        return None
    row.state, row.take, row.fraction = "running", row.take + 1, 0.0
    return Taken(row.attempt, row.order, row.take)
