"""The engine's `Ledger` in Postgres: who works on which stage of which job, and what came of it.

A job is locked before its stages are changed, and every change asks for the attempt's number: a
stale attempt changes nothing and tells nothing. Time is the database's.
"""

import json
import random
from collections.abc import Callable, Mapping
from copy import copy
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from noteai.database import Database
from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt, StageRecord
from noteai.jobs import figures, outbox, parts, share
from noteai.jobs.advance import Mover, News
from noteai.jobs.attempts import Ended, end, fence
from noteai.jobs.claim import Claimant, Claimed
from noteai.jobs.figures import Outcome
from noteai.jobs.journal import Journal
from noteai.jobs.models import JobRow, StageRow
from noteai.jobs.records import records
from noteai.jobs.standing import lock, stages
from noteai.results.projection import project
from noteai.uploads import discards

Beat = Literal["go_on", "stop"]
Project = Callable[[Session, UUID, str, dict[str, Any]], None]
_STEP = 0.005
"""Progress that is worth an event."""
_LONGEST = 300.0
_BEFORE = aliased(StageRow)


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
        self._mover: Mover | None = None
        self.next: Claimed | None = None
        self.claimant = Claimant(owner, timedelta(seconds=lease), attempts)
        self._database = database
        self._journal = journal
        self._backoff = backoff
        self._project = project

    def claim(self, run: str, stage: str) -> Attempt | None:
        """Also takes over a stage whose worker's lease has run out."""
        claimed = self.take(UUID(run), stage)
        return Attempt(run, stage, claimed.attempt) if claimed else None

    def take(self, job: UUID, stage: str) -> Claimed | None:
        """A claim, with what the job's row says of the work."""
        with self._database.autocommit() as connection:
            claimed = self.claimant.claim(connection, job, stage)
        return self.hold(claimed) if claimed else None

    def hold(self, claimed: Claimed) -> Claimed:
        """Tell of a claim, once it is committed, and give it back."""
        figures.stage_claimed(claimed.workflow, claimed.stage)
        self._journal.publish(claimed.id, claimed.told)
        return claimed

    def advance(self, job: UUID, mover: Mover) -> Claimed | None:
        """What was claimed as the next step of a job."""
        with self._database.transaction() as session:
            claimed = mover.advance(session, job)
        return self.hold(claimed) if claimed else None

    def advancing(self, mover: Mover) -> "SqlLedger":
        """The same ledger; where a stage is done, the job advances in the same transaction.

        What was claimed thereby is `next`, to be told by `hold`.
        """
        found = copy(self)
        found._mover = mover  # noqa: SLF001 - its own
        return found

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
        """Raises: FilesDiscarded, where files that it was made with are no longer there."""
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            _rely_on(session, attempt, manifest)
            output = json.loads(manifest.output)
            outcome: Outcome = "done" if manifest.source == "ran" else "cached"
            ended = end(session, attempt, "done", outcome, **_made(manifest, output))
            if ended is None:
                return False
            if outcome == "done":
                figures.stage_ran(session, ended.job, manifest, output)
            self._project(session, job, attempt.stage, output)
            body = {
                "stage": attempt.stage,
                "attempt": attempt.number,
                "seconds": manifest.seconds,
                "source": manifest.source,
            }
            news = News([("stage_done", body)], _learned(attempt.stage, output))
            following = self._go_on(session, job, ended, news)
        self.next = following
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
            tries = session.scalar(select(StageRow.tries).where(*fence(attempt)))
            if tries is None:
                return False
            if tries >= self.claimant.attempts:
                return self._without_result(session, attempt, "failed", why)
            delay = self._delay(tries)
            failure = why.model_dump()
            if not end(session, attempt, "ready", "put_off", delay=delay, failure=failure):
                return False
            outbox.put(session, job, [attempt.stage], delay)
            body = {**_said(attempt, why), "delay": round(delay, 1)}
            self._journal.tell(session, job, "stage_retried", body)
        return True

    def release(self, attempt: Attempt) -> bool:
        """For another worker: the try does not count. A cancelled job's stage is cancelled."""
        job = UUID(attempt.run)
        with self._database.transaction() as session:
            is_back = end(session, attempt, "ready", "released", refund=1)
            parts.forget(session, job, attempt.stage, until=attempt.number)
            if not is_back:
                return False
            outbox.put(session, job, [attempt.stage])
            self._journal.tell(session, job, "stage_ready", {"stage": attempt.stage})
        return True

    def records(self, run: str) -> Mapping[str, StageRecord]:
        with self._database.autocommit() as connection:
            return records(connection, UUID(run))

    def _go_on(self, session: Session, job: UUID, ended: Ended, news: News) -> Claimed | None:
        if self._mover:
            return self._mover.step(session, job, ended.job, ended.stages, news)
        reached = share.reached(ended.stages)
        self._journal.tell_all(session, job, news.messages, reached=reached, changes=news.changes)
        return None

    def _renew(self, attempt: Attempt, fraction: float) -> Any:
        """Answers how far the stage was _BEFORE."""
        return (
            update(StageRow)
            .where(*fence(attempt), JobRow.id == StageRow.job_id)
            .where(_BEFORE.job_id == StageRow.job_id, _BEFORE.stage == StageRow.stage)
            .where(JobRow.cancel_requested_at.is_(None))
            .where(func.coalesce(JobRow.deadline > func.now(), True))
            .values(
                lease_until=func.now() + self.claimant.lease,
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
        ended = end(session, attempt, state, state, failure=why.model_dump())
        if ended is None:
            return False
        if state == "failed":
            figures.stage_failed(session, ended.job, attempt.stage, why.code)
        self._journal.tell(session, UUID(attempt.run), f"stage_{state}", _said(attempt, why))
        return True

    def _delay(self, tries: int) -> float:
        longest = min(_LONGEST, self._backoff * 4.0 ** (tries - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, hides nothing


def _rely_on(session: Session, attempt: Attempt, manifest: Manifest) -> None:
    """Nothing that the attempt found in the store may have been removed since it began."""
    if manifest.files:
        mine = select(StageRow.job_id, StageRow.started_at).where(*fence(attempt))
        row = session.execute(
            mine.add_columns(JobRow.account_id).join(JobRow, JobRow.id == StageRow.job_id)
        ).one_or_none()
        if row and row.started_at:
            names = {each.digest for each in manifest.files}
            discards.check(session, row.account_id, names, row.started_at)


def _made(manifest: Manifest, output: dict[str, Any]) -> dict[str, Any]:
    return {
        "manifest": {**manifest.model_dump(mode="json"), "output": output},
        "kept": sorted({manifest.key, *manifest.parts, *(each.digest for each in manifest.files)}),
        "fraction": 1.0,
        "seconds": manifest.seconds,
        "source": manifest.source,
        "cost": manifest.cost if manifest.source == "ran" else 0.0,
    }


def _learned(stage: str, output: dict[str, Any]) -> dict[str, Any]:
    """What a job's row says of its recording, once that was read."""
    return {"duration": output.get("duration")} if stage == "recording" else {}


def _said(attempt: Attempt, why: Failure) -> dict[str, Any]:
    return {"stage": attempt.stage, "attempt": attempt.number, "failure": why.model_dump()}
