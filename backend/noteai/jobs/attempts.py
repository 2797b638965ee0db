"""The end of an attempt at a stage, behind the fence of its number."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Interval,
    Select,
    and_,
    bindparam,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from noteai.engine.ports import Attempt
from noteai.jobs import figures
from noteai.jobs.figures import Outcome
from noteai.jobs.graph import StageFacts
from noteai.jobs.models import ENDED, STAGES, StageRow, StageState
from noteai.jobs.standing import Locked, lock

_TOOK = cast(func.extract("epoch", func.now() - STAGES.c.started_at), Float)
"""Seconds since the claim."""


class Ended(NamedTuple):
    job: Locked
    stages: Sequence[StageFacts]
    """As they stand now."""


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
    session: Session,
    attempt: Attempt,
    state: StageState,
    outcome: Outcome,
    *,
    delay: float = 0.0,
    refund: int = 0,
    **values: Any,
) -> Ended | None:
    """What became of it, if the attempt was in force and ended so; that of a cancelled job is
    cancelled. A stage that is "ready" is so after `delay` seconds, `refund` tries less.
    """
    job = lock(session, UUID(attempt.run))
    if job is None:
        return None
    if job.is_cancelled:
        state, outcome, values = "cancelled", "released", {}
    again = {"delay": timedelta(seconds=delay), "refund": refund} if state == "ready" else {}
    statement = _ending(state in ENDED, tuple(values))
    terms = {f"new_{name}": value for name, value in values.items()}
    rows = session.execute(
        statement, {**_which(attempt), **terms, **again, "new_state": state}
    ).all()
    took: float | None = next((row.took for row in rows if row.took is not None), None)
    if took is None:
        _was_late(session, job, attempt, outcome)
        return None
    figures.attempt_ended(session, job, attempt.stage, outcome, took)
    return None if state == "cancelled" else Ended(job, [_facts(row, state) for row in rows])


@cache
def _ending(is_over: bool, names: tuple[str, ...]) -> Select[Any]:
    """Ends one stage, and answers how all of the job stood before that."""
    ready = {
        "ready_at": func.now() + bindparam("delay", type_=Interval),
        "tries": STAGES.c.tries - bindparam("refund", type_=Integer),
    }
    ended = (
        update(STAGES)
        .where(
            STAGES.c.job_id == bindparam("job"),
            STAGES.c.stage == bindparam("stage_name"),
            STAGES.c.attempt == bindparam("number"),
            STAGES.c.state == "running",
        )
        .values(state=bindparam("new_state"), owner=None, lease_until=None)
        .values({"ended_at": func.now()} if is_over else ready)
        .values({name: bindparam(f"new_{name}", type_=STAGES.c[name].type) for name in names})
        .returning(STAGES.c.stage, _TOOK.label("took"))
        .cte("ended")
    )
    return (
        select(STAGES.c.stage, STAGES.c.state, STAGES.c.fraction, ended.c.took)
        .select_from(STAGES.outerjoin(ended, ended.c.stage == STAGES.c.stage))
        .where(STAGES.c.job_id == bindparam("job"))
        .order_by(STAGES.c.position)
    )


def _which(attempt: Attempt) -> dict[str, Any]:
    return {"job": UUID(attempt.run), "stage_name": attempt.stage, "number": attempt.number}


def _facts(row: Any, state: StageState) -> StageFacts:
    if row.took is None:
        return StageFacts(row.stage, row.state, row.fraction)
    return StageFacts(row.stage, state, 1.0 if state == "done" else row.fraction)


def _was_late(session: Session, job: Locked, attempt: Attempt, meant: Outcome) -> None:
    """One that is given back may have been given back before, by whoever watched over it."""
    if meant != "released":
        figures.attempt_ended(session, job, attempt.stage, "stale", 0.0)
