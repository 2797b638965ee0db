"""The engine's `Ledger` in Postgres: who works on which stage of which job, and what came of it.

A job is locked before its stages are changed, and every change asks for the attempt's number: a
stale attempt changes nothing and tells nothing. Time is the database's.
"""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from noteai.database import Database
from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt, StageRecord
from noteai.jobs import outbox, share
from noteai.jobs.journal import Journal, Message
from noteai.jobs.models import JobRow, StageRow, StageState
from noteai.jobs.standing import facts, lock, stages
from noteai.results.projection import project

Beat = Literal["go_on", "stop"]
Project = Callable[[Session, UUID, str, dict[str, Any]], None]
_STEP = 0.005
"""Progress that is worth an event."""
_LONGEST = 300.0
_BEFORE = aliased(StageRow)
_FREE: dict[str, Any] = {"owner": None, "lease_until": None}


class SqlLedger:
    """`owner` names this process, `lease` and `backoff` are seconds.

    The wait before the next try is `backoff` after the first and four times as long after each
    further one, less up to half by chance.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        owner: str,
        lease: float,
        attempts: int,
        *,
        backoff: float = 5.0,
        project: Project = project,
    ) -> None:
        self._database = database
        self._journal = journal
        self._owner = owner
        self._lease = timedelta(seconds=lease)
        self._attempts = attempts
        self._backoff = backoff
        self._project = project

    def claim(self, run: str, stage: str) -> Attempt | None:
        """Also takes over a stage whose worker's lease has run out."""
        job = UUID(run)
        with self._database.transaction() as session:
            found = lock(session, job)
            if found is None or found.has_ended or found.is_cancelled or found.is_overdue:
                return None
            number = session.scalar(self._claim(job, stage))
            if number is None:
                return None
            messages: list[Message] = [("stage_started", {"stage": stage, "attempt": number})]
            if found.state == "queued":
                messages.insert(0, ("job_started", {}))
            began = func.coalesce(JobRow.started_at, func.now())
            changes = {"state": "running", "started_at": began}
            self._journal.tell_all(session, job, messages, changes=changes)
        return Attempt(run, stage, number)

    def heartbeat(self, attempt: Attempt, fraction: float) -> Beat:
        """Keep the lease and say how far the stage is; "stop" where it must not go on."""
        with self._database.transaction() as session:
            before = session.scalar(self._renew(attempt, fraction))
        if before is None:
            return "stop"
        if fraction - before >= _STEP:
            self._tell_progress(attempt, fraction)
        return "go_on"

    def done(self, attempt: Attempt, manifest: Manifest) -> bool:
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            if not _end(session, attempt, "done", **_made(manifest)):
                return False
            self._project(session, job, attempt.stage, manifest.output)
            body = {
                "stage": attempt.stage,
                "attempt": attempt.number,
                "seconds": manifest.seconds,
                "source": manifest.source,
            }
            reached = share.reached(facts(session, job))
            self._journal.tell(
                session, job, "stage_done", body, reached=reached, changes=_learned(manifest)
            )
        return True

    def skipped(self, attempt: Attempt, why: Failure) -> bool:
        with self._database.transaction() as session:
            return self._without_result(session, attempt, "skipped", why)

    def failed(self, attempt: Attempt, why: Failure) -> bool:
        with self._database.transaction() as session:
            return self._without_result(session, attempt, "failed", why)

    def put_off(self, attempt: Attempt, why: Failure) -> bool:
        """To be tried again later; after the last try it has failed."""
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            lock(session, job)
            tries = session.scalar(select(StageRow.tries).where(*_fence(attempt)))
            if tries is None:
                return False
            if tries >= self._attempts:
                return self._without_result(session, attempt, "failed", why)
            delay = self._delay(tries)
            again = func.now() + timedelta(seconds=delay)
            if not _end(session, attempt, "ready", ready_at=again, failure=why.model_dump()):
                return False
            outbox.put(session, job, [attempt.stage], delay)
            body = {**_said(attempt, why), "delay": round(delay, 1)}
            self._journal.tell(session, job, "stage_retried", body)
        return True

    def release(self, attempt: Attempt) -> bool:
        """For another worker: the try does not count. A cancelled job's stage is cancelled."""
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            tries = StageRow.tries - 1
            if not _end(session, attempt, "ready", ready_at=func.now(), tries=tries):
                return False
            outbox.put(session, job, [attempt.stage])
            self._journal.tell(session, job, "stage_ready", {"stage": attempt.stage})
        return True

    def records(self, run: str) -> Mapping[str, StageRecord]:
        query = select(StageRow.stage, StageRow.state, StageRow.manifest, StageRow.failure)
        with self._database.transaction() as session:
            rows = session.execute(query.where(StageRow.job_id == UUID(run))).all()
        return {row.stage: _record(*row[1:]) for row in rows if row.state in _RECORDED}

    def _claim(self, job: UUID, stage: str) -> Any:
        is_ready = and_(StageRow.state == "ready", StageRow.ready_at <= func.now())
        return (
            update(StageRow)
            .where(StageRow.job_id == job, StageRow.stage == stage)
            .where(or_(is_ready, and_(is_dead(), StageRow.tries < self._attempts)))
            .values(
                state="running",
                attempt=StageRow.attempt + 1,
                tries=StageRow.tries + 1,
                owner=self._owner,
                lease_until=func.now() + self._lease,
                started_at=func.now(),
                failure=None,
            )
            .returning(StageRow.attempt)
            .execution_options(synchronize_session=False)
        )

    def _renew(self, attempt: Attempt, fraction: float) -> Any:
        """Answers how far the stage was _BEFORE."""
        return (
            update(StageRow)
            .where(*_fence(attempt), JobRow.id == StageRow.job_id)
            .where(_BEFORE.job_id == StageRow.job_id, _BEFORE.stage == StageRow.stage)
            .where(JobRow.cancel_requested_at.is_(None))
            .where(func.coalesce(JobRow.deadline > func.now(), True))
            .values(
                lease_until=func.now() + self._lease,
                fraction=func.greatest(StageRow.fraction, fraction),
            )
            .returning(_BEFORE.fraction)
            .execution_options(synchronize_session=False)
        )

    def _tell_progress(self, attempt: Attempt, fraction: float) -> None:
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            lock(session, job)
            standing = stages(session, job)
            mine = (each for each in standing if each.stage == attempt.stage)
            if any((each.state, each.attempt) == ("running", attempt.number) for each in mine):
                body = {"stage": attempt.stage, "stage_fraction": fraction}
                reached = share.reached(each.facts for each in standing)
                self._journal.tell(session, job, "stage_progressed", body, reached=reached)

    def _without_result(
        self, session: Session, attempt: Attempt, state: Literal["skipped", "failed"], why: Failure
    ) -> bool:
        if not _end(session, attempt, state, failure=why.model_dump(), ended_at=func.now()):
            return False
        self._journal.tell(session, UUID(attempt.run), f"stage_{state}", _said(attempt, why))
        return True

    def _delay(self, tries: int) -> float:
        longest = min(_LONGEST, self._backoff * 4.0 ** (tries - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, hides nothing


_RECORDED: tuple[StageState, ...] = ("ready", "running", "done", "skipped", "failed")


def is_dead() -> ColumnElement[bool]:
    """The worker of a stage has given no sign of life for a whole lease."""
    return and_(StageRow.state == "running", StageRow.lease_until < func.now())


def _fence(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        StageRow.job_id == UUID(attempt.run),
        StageRow.stage == attempt.stage,
        StageRow.attempt == attempt.number,
        StageRow.state == "running",
    )


def _end(session: Session, attempt: Attempt, state: StageState, **values: Any) -> bool:
    """Whether the attempt was in force and ended so; that of a cancelled job is cancelled."""
    job = lock(session, UUID(attempt.run))
    if job is None:
        return False
    if job.is_cancelled:
        state, values = "cancelled", {"ended_at": func.now()}
    ended = (
        update(StageRow)
        .where(*_fence(attempt))
        .values(state=state, **_FREE, **values)
        .returning(StageRow.attempt)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(ended) is not None and state != "cancelled"


def _made(manifest: Manifest) -> dict[str, Any]:
    return {
        "manifest": manifest.model_dump(mode="json"),
        "fraction": 1.0,
        "seconds": manifest.seconds,
        "source": manifest.source,
        "cost": manifest.cost if manifest.source == "ran" else 0.0,
        "ended_at": func.now(),
    }


def _learned(manifest: Manifest) -> dict[str, Any]:
    """What a job's row says of its recording, once that was read."""
    if manifest.stage != "recording":
        return {}
    return {"duration": manifest.output.get("duration")}


def _said(attempt: Attempt, why: Failure) -> dict[str, Any]:
    return {"stage": attempt.stage, "attempt": attempt.number, "failure": why.model_dump()}


def _record(
    state: Any, manifest: dict[str, Any] | None, failure: dict[str, Any] | None
) -> StageRecord:
    return StageRecord(
        state,
        manifest=Manifest.model_validate(manifest) if manifest and state == "done" else None,
        failure=Failure.model_validate(failure) if failure else None,
    )
