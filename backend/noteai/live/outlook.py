"""How far a job's stages are and when it will be done, kept up with its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from noteai.jobs.models import StageRow
from noteai.live.backlog import Event
from noteai.live.eta import StagePace, remaining, speed

Waves = Sequence[Sequence[str]]
_STATES: Mapping[str, str] = {
    "stage_ready": "ready",
    "stage_retried": "ready",
    "stage_started": "running",
    "stage_progressed": "running",
    "stage_done": "done",
    "stage_skipped": "skipped",
    "stage_failed": "failed",
}


@dataclass(frozen=True)
class _Known:
    state: str
    fraction: float = 0.0
    started_at: datetime | None = None


class Outlook:
    """`expected` are the seconds of whole stages by past runs, where there were any."""

    def __init__(
        self, rows: Iterable[StageRow], waves: Waves, expected: Mapping[str, float]
    ) -> None:
        self._waves = waves
        self._expected = expected
        self._known = {row.stage: _Known(row.state, row.fraction, row.started_at) for row in rows}

    def told(self, event: Event) -> None:
        stage, state = event.get("stage"), _STATES.get(event["kind"])
        if stage is None or state is None:
            return
        known = replace(self._known.get(stage, _Known(state)), state=state)
        if event["kind"] == "stage_started":
            known = _Known(state, 0.0, datetime.fromisoformat(event["at"]))
        self._known[stage] = replace(known, fraction=event.get("stage_fraction", known.fraction))

    def eta(self, at: datetime) -> float | None:
        """Seconds until the job is done, or None where nothing tells."""
        left = remaining(self._waves, self._paces(at))
        return None if left is None else round(left, 1)

    def speed(self, row: StageRow, at: datetime, duration: float | None) -> float | None:
        """Seconds of the recording that a stage gets through in a second."""
        pace = replace(self._paces(at)[row.stage])
        if row.seconds is not None:
            pace = replace(pace, elapsed=row.seconds, fraction=1.0)
        found = speed(pace, duration)
        return None if found is None else round(found, 2)

    def _paces(self, at: datetime) -> dict[str, StagePace]:
        return {
            stage: StagePace(
                known.state, known.fraction, _elapsed(known, at), self._expected.get(stage)
            )
            for stage, known in self._known.items()
        }


def _elapsed(known: _Known, at: datetime) -> float | None:
    if known.started_at is None or known.state != "running":
        return None
    return max(0.0, (at - known.started_at).total_seconds())


def stage_views(
    outlook: Outlook, rows: Iterable[StageRow], at: datetime, duration: float | None
) -> list[dict[str, Any]]:
    return [
        {
            "stage": row.stage,
            "state": row.state,
            "fraction": row.fraction,
            "attempt": row.attempt,
            "seconds": row.seconds,
            "source": row.source,
            "speed": outlook.speed(row, at, duration),
        }
        for row in rows
    ]
