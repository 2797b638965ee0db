from datetime import UTC, datetime, timedelta
from typing import Any

from noteai.jobs.models import StageRow
from noteai.live.outlook import Outlook

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)
WAVES = (("a",), ("b", "c"))


def row(stage: str, state: str, **facts: Any) -> StageRow:
    return StageRow(stage=stage, state=state, **{"fraction": 0.0, **facts})


def told(kind: str, stage: str, after: float, **body: Any) -> dict[str, Any]:
    at = (BEGAN + timedelta(seconds=after)).isoformat()
    return {"seq": 1, "kind": kind, "stage": stage, "at": at, **body}


def outlook(**expected: float) -> Outlook:
    rows = [row("a", "ready"), row("b", "blocked"), row("c", "blocked")]
    return Outlook(rows, WAVES, expected)


def eta(of: Outlook, after: float) -> float | None:
    return of.eta(BEGAN + timedelta(seconds=after))


def test_a_job_that_waits_takes_what_such_jobs_took() -> None:
    assert eta(outlook(a=10, b=30, c=5), 0) == 40


def test_events_bring_the_end_nearer() -> None:
    job = outlook(a=10, b=30, c=5)
    job.told(told("stage_started", "a", 0))
    job.told(told("stage_progressed", "a", 5, stage_fraction=0.5))
    assert eta(job, 5) == 35
    job.told(told("stage_done", "a", 10))
    assert eta(job, 10) == 30
    job.told(told("stage_started", "b", 10))
    job.told(told("stage_started", "c", 10))
    job.told(told("stage_progressed", "b", 40, stage_fraction=0.5))
    assert eta(job, 40) == 22.5  # at its own pace 30 s are left, by past runs 15
    job.told(told("stage_done", "b", 70))
    job.told(told("stage_skipped", "c", 70))
    assert eta(job, 70) == 0


def test_a_stage_that_is_tried_again_begins_anew() -> None:
    job = outlook(a=10, b=0, c=0)
    job.told(told("stage_started", "a", 0))
    job.told(told("stage_progressed", "a", 9, stage_fraction=0.9))
    job.told(told("stage_retried", "a", 9))
    assert eta(job, 9) == 10
    job.told(told("stage_started", "a", 20))
    assert eta(job, 20) == 10


def test_events_that_are_of_no_stage_change_nothing() -> None:
    job = outlook(a=10, b=1, c=1)
    job.told({"seq": 2, "kind": "cancel_requested", "at": BEGAN.isoformat()})
    assert eta(job, 0) == 11


def test_the_speed_of_a_stage_is_that_of_now_or_of_its_whole_work() -> None:
    rows = [
        row("a", "done", seconds=20.0, fraction=1.0),
        row("b", "running", fraction=0.5, started_at=BEGAN),
        row("c", "blocked"),
    ]
    job = Outlook(rows, WAVES, {})
    at = BEGAN + timedelta(seconds=30)
    assert [job.speed(each, at, 600.0) for each in rows] == [30, 10, None]
