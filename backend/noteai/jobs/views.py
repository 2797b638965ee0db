"""Rows as clients see them, and what is asked of many rows at once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, and_, cast, func, select
from sqlalchemy.orm import Session

from noteai.engine.workflow import Workflow
from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import EventRow, JobRow, StageRow
from noteai.jobs.repository import shown_state
from noteai.jobs.schemas import (
    FailureView,
    JobManifest,
    JobSummary,
    JobView,
    LogLine,
    LogPage,
    QueueList,
    QueueView,
    StageForm,
    StageManifest,
    StageView,
    WorkerView,
    WorkflowForm,
)

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
_OWNERS = (
    select(StageRow.owner, func.count().label("stages"))
    .where(_RUNNING, StageRow.lease_until > func.now())
    .group_by(StageRow.owner)
    .order_by(StageRow.owner)
)
_LEVELS = {"stage_retried": "warning", "stage_skipped": "warning"}
_SAID = ("stage", "attempt", "failure")
"""What a line of the log has fields of its own for."""


def summary(job: JobRow) -> JobSummary:
    return JobSummary(**_summary(job))


def view(job: JobRow, eta: float | None) -> JobView:
    return JobView(
        **_summary(job),
        without=job.without,
        params=job.params,
        is_cancel_requested=job.cancel_requested_at is not None,
        warnings=job.warnings,
        failure=_failure(job.failure),
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


def logs(session: Session, account: UUID, job: UUID, *, after: int, limit: int) -> LogPage:
    """Its events but for the steps of progress. Raises: JobNotFound."""
    _check(session, account, job)
    query = select(EventRow).where(EventRow.job_id == job, EventRow.seq > after)
    query = query.where(EventRow.kind != "stage_progressed").order_by(EventRow.seq)
    rows = session.scalars(query.limit(limit + 1)).all()
    lines = [_line(row) for row in rows[:limit]]
    return LogPage(lines=lines, next_after=lines[-1].seq if len(rows) > limit else None)


def manifest(session: Session, account: UUID, job: UUID) -> JobManifest:
    """Raises: JobNotFound."""
    workflow = _check(session, account, job)
    without_output = cast(StageRow.manifest.op("-")("output"), JSON)
    query = select(without_output).where(StageRow.job_id == job, StageRow.manifest.is_not(None))
    found = session.scalars(query.order_by(StageRow.position)).all()
    stages = [StageManifest.model_validate(each) for each in found]
    return JobManifest(job_id=job, workflow=workflow, stages=stages)


def queues(session: Session) -> QueueList:
    """Of all accounts together: how much there is to do, and who does it."""
    found = [QueueView(**row) for row in session.execute(_QUEUES).mappings()]
    workers = [WorkerView(**row) for row in session.execute(_OWNERS).mappings()]
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
        failure=_failure(row.failure),
    )


def _line(row: EventRow) -> LogLine:
    failure = row.body.get("failure") or {}
    facts = {name: each for name, each in row.body.items() if name not in _SAID}
    return LogLine(
        seq=row.seq,
        at=row.created_at,
        level="error" if failure else _LEVELS.get(row.kind, "info"),
        event=row.kind,
        stage=row.body.get("stage"),
        attempt=row.body.get("attempt"),
        message=failure.get("message", ""),
        facts=facts,
    )


def _failure(failure: Mapping[str, Any] | None) -> FailureView | None:
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
