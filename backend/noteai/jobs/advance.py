"""What comes next in a job is said here and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from noteai.engine.events import Failure
from noteai.engine.outcome import conclude
from noteai.engine.run import NeedsMissing, failure_of
from noteai.engine.workflow import Workflow
from noteai.errors import InputError
from noteai.jobs import figures, outbox, share
from noteai.jobs.claim import Claimant, Claimed
from noteai.jobs.errors import JobOverdue, UploadNotUsable, WorkflowChanged
from noteai.jobs.graph import Decision, StageFacts, Workflows, decide, shape
from noteai.jobs.journal import Journal, Message, change
from noteai.jobs.models import ENDED, JOBS, STAGES, StageRow
from noteai.jobs.outbox import Courier
from noteai.jobs.records import records
from noteai.jobs.standing import Locked, facts, lock
from noteai.uploads.models import UploadRow, UploadState
from noteai.workflows import WORKFLOWS

Changes = dict[str, Any]
"""Columns of a job with their new values."""
_ON_THE_WAY: tuple[UploadState, ...] = ("awaiting_parts", "verifying")
_READY = (
    update(STAGES)
    .where(
        STAGES.c.job_id == bindparam("job"), STAGES.c.stage.in_(bindparam("wave", expanding=True))
    )
    .values(state="ready", ready_at=func.now())
)


@dataclass(frozen=True)
class News:
    """What has just become of a job, to be told together with what comes next."""

    messages: Sequence[Message] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Onward:
    """Whoever moves a job on and may do the next stage, too, where it is the only one."""

    claimant: Claimant
    takes: Callable[[str], bool]
    """Whether it does work of a queue."""


@dataclass(frozen=True)
class Mover:
    """Moves jobs on. With a courier, what becomes ready is sent as soon as it is committed.

    With `onward`, a stage that becomes ready alone is claimed at once, in the same transaction,
    which is said by what `advance` and `step` give back.
    """

    journal: Journal
    workflows: Workflows = field(default_factory=lambda: WORKFLOWS)
    courier: Courier | None = None
    onward: Onward | None = None

    def advance(self, session: Session, job: UUID) -> Claimed | None:
        """Take the next step of a job, if there is one: as often as one likes, from anywhere."""
        locked = lock(session, job)
        if locked is None or locked.has_ended:
            return None
        return self.step(session, job, locked, facts(session, job))

    def step(
        self,
        session: Session,
        job: UUID,
        locked: Locked,
        before: Sequence[StageFacts],
        news: News = News(),
    ) -> Claimed | None:
        """The next step of a job that has not ended, under its lock; `before`: how it stands."""
        try:
            upload = _receive(session, job, locked)
            workflow = _shape(locked, before, self.workflows)
        except InputError as error:
            self._tell(session, job, before, Decision(), news)
            _end_at_once(session, job, locked, self.journal, failure_of(error))
            return None
        decision = Decision()
        if upload not in _ON_THE_WAY or locked.is_cancelled or locked.is_overdue:
            decision = decide(before, workflow, locked.is_cancelled, locked.is_overdue)
        if claimed := self._claim(session, job, workflow, before, decision, news):
            return claimed
        self._tell(session, job, before, decision, news)
        if decision.end:
            conclusion = _conclusion(session, job, workflow, decision)
            _end(session, job, locked, self.journal, conclusion)
        return None

    def _claim(
        self,
        session: Session,
        job: UUID,
        workflow: Workflow,
        before: Sequence[StageFacts],
        decision: Decision,
        news: News,
    ) -> Claimed | None:
        """The stage that becomes ready, where it is the only change and this process may do it."""
        if self.onward is None or len(decision.ready) != 1 or decision.skip or decision.cancel:
            return None
        (name,) = decision.ready
        if not self.onward.takes(workflow.stage(name).queue):
            return None
        change(session, job, news.changes)
        messages = [*news.messages, ("stage_ready", {"stage": name})]
        reached = _reached(before, decision, news)
        return self.onward.claimant.claim_next(session, job, name, messages, reached)

    def _tell(
        self,
        session: Session,
        job: UUID,
        before: Sequence[StageFacts],
        decision: Decision,
        news: News,
    ) -> None:
        """Change the stages as decided, and say so after the news."""
        skipped = _skip(session, job, decision.skip)
        ready = self._ready(session, job, decision.ready)
        _cancel(session, job, decision.cancel)
        if messages := [*news.messages, *skipped, *ready]:
            reached = _reached(before, decision, news)
            self.journal.tell_all(session, job, messages, reached=reached, changes=news.changes)

    def _ready(self, session: Session, job: UUID, wave: Sequence[str]) -> list[Message]:
        if not wave:
            return []
        session.execute(_READY, {"job": job, "wave": list(wave)})
        outbox.put(session, job, wave, courier=self.courier)
        return [("stage_ready", {"stage": name}) for name in wave]


def advance(
    session: Session, job: UUID, journal: Journal, workflows: Workflows = WORKFLOWS
) -> None:
    """The next step of a job; what becomes ready is left to the relay."""
    Mover(journal, workflows).advance(session, job)


def given_of(upload: UploadRow) -> dict[str, Any]:
    """The artifacts that a run on a complete upload begins with."""
    file = {"digest": upload.digest, "media_type": upload.media_type, "size": upload.size}
    return {"Upload": {"file": file}}


def _receive(session: Session, job: UUID, locked: Locked) -> UploadState:
    """How the job's upload stands; a complete one is handed over. Raises: UploadNotUsable."""
    if locked.given:
        return "complete"
    upload = session.get_one(UploadRow, locked.upload_id, populate_existing=True)
    if upload.state == "complete":
        session.execute(update(JOBS).where(JOBS.c.id == job).values(given=given_of(upload)))
    elif upload.state not in _ON_THE_WAY:
        raise UploadNotUsable(state=upload.state)
    return upload.state


def _shape(locked: Locked, stages: Sequence[StageFacts], workflows: Workflows) -> Workflow:
    """Raises: InputError, where this version of NoteAI does not know the job's stages."""
    workflow = shape(locked, workflows)
    if {each.stage for each in stages} != set(workflow.names):
        raise WorkflowChanged
    return workflow


def _skip(session: Session, job: UUID, skip: Mapping[str, str]) -> list[Message]:
    messages: list[Message] = []
    for name, lacking in skip.items():
        why = failure_of(NeedsMissing(stage=lacking)).model_dump()
        _set(session, job, [name], state="skipped", failure=why, ended_at=func.now())
        messages.append(("stage_skipped", {"stage": name, "failure": why}))
    return messages


def _cancel(session: Session, job: UUID, names: Sequence[str]) -> None:
    if names:
        gone = {"owner": None, "lease_until": None, "ended_at": func.now()}
        _set(session, job, names, state="cancelled", **gone)


def _set(session: Session, job: UUID, names: Sequence[str], **values: Any) -> None:
    rows = update(STAGES).where(STAGES.c.job_id == job, STAGES.c.stage.in_(names))
    session.execute(rows.values(**values))


def _reached(before: Sequence[StageFacts], decision: Decision, news: News) -> float:
    if decision.end and not news.messages:
        return 0.0
    skipped = {name: StageFacts(name, "skipped") for name in decision.skip}
    return share.reached(skipped.get(each.stage, each) for each in before)


def _conclusion(session: Session, job: UUID, workflow: Workflow, decision: Decision) -> Changes:
    if decision.end == "completed":
        return _completion(session, job, workflow)
    if decision.end == "cancelled":
        return {"state": "cancelled"}
    if decision.end == "overdue":
        return _failed(failure_of(JobOverdue()))
    cause = select(StageRow.failure).where(StageRow.job_id == job)
    return _failed(session.scalar(cause.where(StageRow.stage == decision.cause)))


def _completion(session: Session, job: UUID, workflow: Workflow) -> Changes:
    try:
        outcome = conclude(workflow, records(session, job))
    except ValidationError:
        return _failed(failure_of(WorkflowChanged()))
    failed = [each.message for each in outcome.failures.values()]
    return {
        "state": outcome.state,
        "is_degraded": outcome.degraded,
        "warnings": [*outcome.warnings, *failed],
    }


def _failed(failure: Failure | dict[str, Any] | None) -> Changes:
    why = failure.model_dump() if isinstance(failure, Failure) else failure
    return {"state": "failed", "failure": why}


def _end_at_once(
    session: Session, job: UUID, locked: Locked, journal: Journal, failure: Failure
) -> None:
    _cancel(session, job, [each.stage for each in facts(session, job) if each.state not in ENDED])
    _end(session, job, locked, journal, _failed(failure))


def _end(session: Session, job: UUID, locked: Locked, journal: Journal, changes: Changes) -> None:
    is_whole = changes["state"] in ("completed", "completed_empty")
    body = {key: value for key, value in changes.items() if key != "state"}
    reached = 1.0 if is_whole else 0.0
    journal.tell(
        session,
        job,
        "job_ended",
        body,
        reached=reached,
        changes={**changes, "ended_at": func.now()},
    )
    figures.job_ended(session, locked, changes["state"])
