"""Rows as clients see them, and what is asked of many rows at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Row, and_, cast, func, select
from sqlalchemy.orm import Session

from noteai.engine.workflow import Workflow
from noteai.jobs.capacity import QueueList, QueueView, StageForm, WorkerView, WorkflowForm
from noteai.jobs.errors import JobNotFound
from noteai.jobs.history import JobManifest, LogLine, LogPage, StageManifest
from noteai.jobs.logs import Level, Place, facts_of, message_of, place_of, read
from noteai.jobs.models import JobRow, StageRow
from noteai.jobs.repository import shown_state
from noteai.jobs.schemas import FailureView, JobSummary, JobView, StageView
from noteai.jobs.workers import present

_READY, _RUNNING = StageRow.state == "ready", StageRow.state == "running"
_IS_DUE = and_(_READY, StageRow.ready_at <= func.now())
_WAITED = func.extract("epoch", func.now() - func.min(StageRow.ready_at).filter(_IS_DUE))
_QUEUES = (
    select(
        StageRow.queue.label("name"),
        func.count().filter(_IS_DUE).label("ready"),
        func.count().filter(_READY & ~_IS_DUE).label("put_off"),
        _WAITED.label("oldest"),
        func.count().filter(_RUNNING).label("running"),
    )
    .where(_READY | _RUNNING)
    .group_by(StageRow.queue)
    .order_by(StageRow.queue)
)


@dataclass(frozen=True)
class LogQuestion:
    """Which lines are asked for."""

    after: str = "0"
    limit: int = 200
    level: Level = "info"
    stage: str | None = None


def summary(job: JobRow) -> JobSummary:
    return JobSummary(**_summary(job))


def view(job: JobRow, eta: float | None) -> JobView:
    return JobView(
        **_summary(job),
        without=job.without,
        params=job.params,
        is_cancel_requested=job.cancel_requested_at is not None,
        warnings=job.warnings,
        failure=failure_view(job.failure),
        cost=sum(each.cost for each in job.stages),
        eta=eta,
        last_seq=job.last_seq,
        stages=[_stage(each) for each in job.stages],
    )


def form(workflow: Workflow) -> WorkflowForm:
    return WorkflowForm(
        name=workflow.name,
        stages=[
            StageForm(
                name=stage.name,
                queue=stage.queue,
                needs=[maker.name for maker, _ in workflow.upstream(stage)],
                required_by=_consumers(workflow, stage.name),
                params=stage.params.model_json_schema(),
            )
            for stage in workflow.stages
        ],
    )


def logs(session: Session, account: UUID, job: UUID, asked: LogQuestion) -> LogPage:
    """Its events but for the steps of progress, and what workers said. Raises: JobNotFound."""
    _check(session, account, job)
    after, limit = Place.read(asked.after), asked.limit
    rows = read(session, job, after, limit + 1, level=asked.level, stage=asked.stage)
    page = rows[:limit]
    next_after = str(place_of(page[-1])) if len(rows) > limit else None
    return LogPage(lines=[_line(row) for row in page], next_after=next_after)


def manifest(session: Session, account: UUID, job: UUID) -> JobManifest:
    """Raises: JobNotFound."""
    workflow = _check(session, account, job)
    without_output = cast(StageRow.manifest.op("-")("output"), JSON)
    query = select(without_output).where(StageRow.job_id == job, StageRow.manifest.is_not(None))
    found = session.scalars(query.order_by(StageRow.position)).all()
    stages = [StageManifest.model_validate(each) for each in found]
    return JobManifest(job_id=job, workflow=workflow, stages=stages)


def queues(session: Session, lease: float) -> QueueList:
    """Of all accounts together: how much there is to do, and who does it.

    A worker is lost that has been silent for a `lease`.
    """
    found = [QueueView(**row) for row in session.execute(_QUEUES).mappings()]
    workers = [
        WorkerView(**row._mapping, is_lost=row.silent > lease)  # noqa: SLF001 - its public name
        for row in present(session)
    ]
    waited = [each.oldest for each in found if each.oldest is not None]
    return QueueList(
        depth=sum(each.ready for each in found),
        oldest=max(waited, default=None),
        running=sum(each.running for each in found),
        queues=found,
        workers=workers,
    )


def _check(session: Session, account: UUID, job: UUID) -> str:
    """Its workflow. Raises: JobNotFound."""
    asked = select(JobRow.workflow).where(JobRow.id == job, JobRow.account_id == account)
    workflow = session.scalar(asked)
    if workflow is None:
        raise JobNotFound
    return workflow


def _summary(job: JobRow) -> dict[str, Any]:
    return {
        "id": job.id,
        "title": job.title,
        "upload_id": job.upload_id,
        "parent_id": job.parent_id,
        "workflow": job.workflow,
        "state": shown_state(job),
        "is_degraded": job.is_degraded,
        "percent": _percent(job.fraction),
        "duration": job.duration,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }


def _stage(row: StageRow) -> StageView:
    return StageView(
        stage=row.stage,
        state=row.state,
        queue=row.queue,
        attempts=row.attempt,
        percent=_percent(row.fraction),
        is_cached=row.source == "cached",
        seconds=row.seconds,
        cost=row.cost,
        started_at=row.started_at,
        ended_at=row.ended_at,
        failure=failure_view(row.failure),
    )


def _line(row: Row[Any]) -> LogLine:
    return LogLine(
        seq=row.seq,
        source="worker" if row.line else "event",
        at=row.at,
        level=row.level,
        event=row.event,
        stage=row.stage,
        attempt=row.attempt,
        message=message_of(row),
        reference=row.reference,
        facts=facts_of(row),
    )


def failure_view(failure: Mapping[str, Any] | None) -> FailureView | None:
    """Without the exit status, which is the command line's."""
    if failure is None:
        return None
    return FailureView(**{name: failure[name] for name in FailureView.model_fields})


def _percent(fraction: float) -> float:
    return round(100 * fraction, 2)


def _consumers(workflow: Workflow, name: str) -> list[str]:
    """Stages that cannot do without what a stage gives."""
    return [
        stage.name
        for stage in workflow.stages
        for maker, need in workflow.upstream(stage)
        if maker.name == name and not need.optional
    ]
