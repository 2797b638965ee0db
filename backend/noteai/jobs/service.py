"""What people do with jobs. Each takes the account, and knows no job of another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from noteai import tracing
from noteai.engine.params import params_of
from noteai.engine.workflow import Workflow
from noteai.errors import about
from noteai.jobs.advance import advance, given_of
from noteai.jobs.errors import (
    IdempotencyConflict,
    JobEnded,
    JobNotFound,
    JobNotRetryable,
    UploadNotUsable,
)
from noteai.jobs.graph import Workflows
from noteai.jobs.journal import Journal, Message
from noteai.jobs.models import TERMINAL, JobRow, StageRow
from noteai.jobs.repository import Jobs
from noteai.uploads.errors import UploadNotFound
from noteai.uploads.models import UploadRow
from noteai.webhooks import service as webhooks
from noteai.webhooks.service import HookOrder
from noteai.workflows import WORKFLOWS, from_uploads, workflow_named

_LIFE = 24 * 3600.0


@dataclass(frozen=True)
class JobOrder:
    """What is to be done with an upload."""

    upload_id: UUID
    title: str | None = None
    """Left out, it is the name of the upload."""
    workflow: str = "highlights"
    without: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By stage, only what differs from the defaults."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Artifacts by the name of their type; left out, the upload once it is complete."""
    parent_id: UUID | None = None
    """The job of whose results this one changes something."""
    idempotency_key: str | None = None
    fingerprint: str | None = None
    """SHA-256 of the request: a key is good for one."""
    webhook: HookOrder | None = None
    """Checked already."""
    life: float = _LIFE
    """Seconds until the job is ended as overdue."""


def submit(
    session: Session,
    journal: Journal,
    account: UUID,
    order: JobOrder,
    workflows: Workflows = WORKFLOWS,
) -> JobRow:
    """The new job, or the one that the same request made before.

    Raises:
        IdempotencyConflict: another request came with this key.
        UploadNotFound, UploadNotUsable
        UnknownWorkflow, UnknownStage, StageRequired, UnknownParameter, BadParameter
    """
    jobs = Jobs(session, account)
    if found := repeated(session, account, order):
        return found
    workflow = checked(order, workflows)
    job = _insert(session, account, order, _upload(session, account, order.upload_id))
    if job is None:
        return _same(jobs.find(order.idempotency_key or ""), order)
    tracing.tell(job=job)
    if order.webhook:
        webhooks.add_for_job(session, account, job, order.webhook)
    session.execute(insert(StageRow), _stages(job, workflow))
    journal.tell(session, job, "job_queued", {})
    advance(session, job, journal, workflows)
    return jobs.get(job)


def checked(order: JobOrder, workflows: Workflows) -> Workflow:
    """Its stages, once nothing is wrong with it as far as it does not depend on its upload.

    Raises: UnknownWorkflow, UnknownStage, StageRequired, UnknownParameter, BadParameter
    """
    known = workflows if order.given else from_uploads(workflows)
    with about("without"):
        workflow = workflow_named(order.workflow, known).without(order.without)
    params_of(workflow, order.params)
    return workflow


def repeated(session: Session, account: UUID, order: JobOrder) -> JobRow | None:
    """The job that the same request made before. Raises: IdempotencyConflict."""
    if not order.idempotency_key:
        return None
    found = Jobs(session, account).find(order.idempotency_key)
    return _same(found, order) if found else None


def uploads_finished(
    session: Session, journal: Journal, upload_id: UUID, workflows: Workflows = WORKFLOWS
) -> None:
    """Set the jobs going that wait for an upload; those of one that was refused have failed."""
    session.flush()
    waiting = select(JobRow.id).where(JobRow.upload_id == upload_id, JobRow.state == "queued")
    for job in session.scalars(waiting.order_by(JobRow.id)).all():
        tracing.tell(job=job)
        advance(session, job, journal, workflows)


def cancel(
    session: Session,
    journal: Journal,
    account: UUID,
    job_id: UUID,
    workflows: Workflows = WORKFLOWS,
) -> JobRow:
    """Nothing more of it is begun; what runs is stopped at its next heartbeat.

    As often as asked. Raises: JobNotFound, JobEnded.
    """
    job = locked(session, account, job_id)
    if job.state in TERMINAL and job.state != "cancelled":
        raise JobEnded(state=job.state)
    if job.state != "cancelled" and job.cancel_requested_at is None:
        asked = {"cancel_requested_at": func.now()}
        journal.tell(session, job_id, "cancel_requested", {}, changes=asked)
        advance(session, job_id, journal, workflows)
    return Jobs(session, account).get(job_id)


def retry(
    session: Session,
    journal: Journal,
    account: UUID,
    job_id: UUID,
    *,
    life: float = _LIFE,
    workflows: Workflows = WORKFLOWS,
) -> JobRow:
    """Go on from the stages that were not done. Raises: JobNotFound, JobNotRetryable."""
    job = locked(session, account, job_id)
    if job.state not in ("failed", "cancelled"):
        raise JobNotRetryable(reason=f"it is {job.state}")
    again = [each.stage for each in job.stages if each.state != "done"]
    if not again:
        raise JobNotRetryable(reason="all its stages are done")
    _reset(session, job_id)
    messages: list[Message] = [("stage_retried", {"stage": name}) for name in again]
    journal.tell_all(session, job_id, messages, changes=_begun_anew(life))
    advance(session, job_id, journal, workflows)
    return Jobs(session, account).get(job_id)


def _same(job: JobRow | None, order: JobOrder) -> JobRow:
    if job is None or job.fingerprint != order.fingerprint:
        raise IdempotencyConflict
    return job


def _upload(session: Session, account: UUID, upload: UUID) -> UploadRow:
    """Locked, so that it does not become complete before the job can be seen.

    Raises: UploadNotFound, UploadNotUsable.
    """
    query = select(UploadRow).where(UploadRow.id == upload, UploadRow.account_id == account)
    fresh = query.execution_options(populate_existing=True)
    found = session.scalar(fresh.with_for_update(read=True))
    if found is None:
        raise UploadNotFound
    if found.state not in ("awaiting_parts", "verifying", "complete"):
        raise UploadNotUsable(state=found.state)
    return found


def _insert(session: Session, account: UUID, order: JobOrder, upload: UploadRow) -> UUID | None:
    """None where another request with this key was quicker."""
    given = given_of(upload) if upload.state == "complete" else {}
    new = postgresql.insert(JobRow).values(
        id=uuid4(),
        account_id=account,
        upload_id=order.upload_id,
        parent_id=order.parent_id,
        title=order.title or upload.name,
        workflow=order.workflow,
        without=list(order.without),
        params={name: dict(values) for name, values in order.params.items()},
        given=dict(order.given) or given,
        state="queued",
        is_degraded=False,
        warnings=[],
        fraction=0.0,
        last_seq=0,
        deadline=func.now() + timedelta(seconds=order.life),
        idempotency_key=order.idempotency_key,
        fingerprint=order.fingerprint,
        traceparent=tracing.traceparent(),
    )
    once = new.on_conflict_do_nothing(index_elements=["account_id", "idempotency_key"])
    return session.scalar(once.returning(JobRow.id))


def _stages(job: UUID, workflow: Workflow) -> list[dict[str, Any]]:
    return [
        {"job_id": job, "stage": each.name, "position": position, "queue": each.queue}
        for position, each in enumerate(workflow.stages)
    ]


def locked(session: Session, account: UUID, job: UUID) -> JobRow:
    """Raises: JobNotFound."""
    query = select(JobRow.id).where(JobRow.id == job, JobRow.account_id == account)
    if session.scalar(query.with_for_update(key_share=True)) is None:
        raise JobNotFound
    return Jobs(session, account).get(job)


def _reset(session: Session, job: UUID) -> None:
    blank = {
        "state": "blocked",
        "tries": 0,
        "fraction": 0.0,
        "failure": None,
        "ready_at": None,
        "started_at": None,
        "ended_at": None,
    }
    rows = update(StageRow).where(StageRow.job_id == job, StageRow.state != "done")
    session.execute(rows.values(**blank).execution_options(synchronize_session=False))


def _begun_anew(life: float) -> dict[str, Any]:
    return {
        "state": "queued",
        "is_degraded": False,
        "warnings": [],
        "failure": None,
        "cancel_requested_at": None,
        "ended_at": None,
        "deadline": func.now() + timedelta(seconds=life),
    }
