"""The end of an attempt at a stage, behind the fence of its number."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, cast, func, update
from sqlalchemy.orm import Session

from noteai.engine.ports import Attempt
from noteai.jobs import figures
from noteai.jobs.figures import Outcome
from noteai.jobs.models import STAGES, StageRow, StageState
from noteai.jobs.standing import Locked, lock

_FREE: dict[str, Any] = {"owner": None, "lease_until": None}
_TOOK = cast(func.extract("epoch", func.now() - STAGES.c.started_at), Float)
"""Seconds since the claim."""


def is_dead() -> ColumnElement[bool]:
    """The worker of a stage has given no sign of life for a whole lease."""
    return and_(StageRow.state == "running", StageRow.lease_until < func.now())


def fence(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        STAGES.c.job_id == UUID(attempt.run),
        STAGES.c.stage == attempt.stage,
        STAGES.c.attempt == attempt.number,
        STAGES.c.state == "running",
    )


def end(
    session: Session, attempt: Attempt, state: StageState, outcome: Outcome, **values: Any
) -> Locked | None:
    """The job, if the attempt was in force and ended so; that of a cancelled job is cancelled."""
    job = lock(session, UUID(attempt.run))
    if job is None:
        return None
    if job.is_cancelled:
        state, outcome, values = "cancelled", "released", {"ended_at": func.now()}
    ended = (
        update(STAGES)
        .where(*fence(attempt))
        .values(state=state, **_FREE, **values)
        .returning(_TOOK)
    )
    took: float | None = session.scalar(ended)
    if took is None:
        _was_late(session, job, attempt, outcome)
        return None
    figures.attempt_ended(session, job, attempt.stage, outcome, took)
    return None if state == "cancelled" else job


def _was_late(session: Session, job: Locked, attempt: Attempt, meant: Outcome) -> None:
    """One that is given back may have been given back before, by whoever watched over it."""
    if meant != "released":
        figures.attempt_ended(session, job, attempt.stage, "stale", 0.0)
