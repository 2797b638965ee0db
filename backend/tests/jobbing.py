"""Jobs of a small workflow, in a real database, with nobody who works on them but the test."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from noteai.accounts.models import LOCAL, Account
from noteai.database import Database
from noteai.engine.artifact import Artifact, Params
from noteai.engine.events import Failure
from noteai.engine.key import artifact_digest
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt
from noteai.engine.stage import stage
from noteai.engine.workflow import workflow
from noteai.jobs.advance import advance
from noteai.jobs.deletion import delete
from noteai.jobs.journal import Journal
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.models import EventRow, JobRow, OutboxRow, StageRow
from noteai.jobs.parts import SqlParts
from noteai.jobs.repository import Jobs
from noteai.jobs.service import JobOrder, cancel, retry, submit
from noteai.jobs.sweep import Swept, sweep
from noteai.lecture.recording import Upload
from noteai.uploads.models import UploadRow

T = TypeVar("T")
WHY = Failure(code="broken", message="It broke.", remedy="Mend it.")
AT_ONCE = 8


class First(Artifact):
    remark: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        return (self.remark,) if self.remark else ()


class Left(First): ...


class Right(First): ...


class Joined(First): ...


class Last(First):
    found: int = 1

    @property
    def is_empty(self) -> bool:
        return self.found == 0


class FirstParams(Params):
    depth: int = 1


@stage(version="1", queue="media")
def first(upload: Upload, params: FirstParams) -> First:
    raise NotImplementedError


@stage(version="1", queue="speech")
def left(first: First) -> Left:
    raise NotImplementedError


@stage(version="1", queue="vision")
def right(first: First) -> Right:
    raise NotImplementedError


@stage(version="1")
def joined(left: Left, right: Right | None) -> Joined:
    raise NotImplementedError


@stage(version="1")
def last(joined: Joined) -> Last:
    raise NotImplementedError


DIAMOND = workflow("diamond", Upload, (first, left, right, joined, last))
"""`first`, then `left` and `right` side by side, then `joined`, which can do without `right`."""
WORKFLOWS = {"diamond": DIAMOND}


def manifest(name: str, attempt: int = 1, **output: Any) -> Manifest:
    made = DIAMOND.stage(name).gives.model_validate(output)
    return Manifest(
        key=artifact_digest(made),
        stage=name,
        version="1",
        inputs={},
        params={},
        resources={},
        output=made.model_dump(mode="json"),
        digest=artifact_digest(made),
        files=(),
        seconds=2.0,
        peak_memory=1,
        attempt=attempt,
    )


@dataclass
class Office:
    database: Database
    published: list[tuple[UUID, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        return Journal(lambda job, said: self.published.extend((job, each) for each in said))

    def account(self) -> UUID:
        with self.database.transaction() as session:
            row = Account(id=uuid4(), name="another")
            session.add(row)
        return row.id

    def upload(self, state: str = "complete", account: UUID = LOCAL) -> UUID:
        with self.database.transaction() as session:
            row = UploadRow(
                account_id=account,
                name="a.mp4",
                media_type="video/mp4",
                size=5,
                digest="a" * 64,
                state=state,
                part_size=5,
                expires_at=func.now() + timedelta(hours=1),
            )
            session.add(row)
        return row.id

    def submit(self, account: UUID = LOCAL, **order: Any) -> UUID:
        upload = order.pop("upload_id", None) or self.upload(account=account)
        wanted = JobOrder(upload, "A lecture", workflow="diamond", **order)
        with self.database.transaction() as session:
            return submit(session, self.journal, account, wanted, WORKFLOWS).id

    def cancel(self, job: UUID, account: UUID = LOCAL) -> JobRow:
        with self.database.transaction() as session:
            return cancel(session, self.journal, account, job, WORKFLOWS)

    def retry(self, job: UUID, account: UUID = LOCAL) -> JobRow:
        with self.database.transaction() as session:
            return retry(session, self.journal, account, job, workflows=WORKFLOWS)

    def delete(self, job: UUID, account: UUID = LOCAL, **terms: float) -> None:
        with self.database.transaction() as session:
            delete(session, account, job, **terms)

    def ledger(self, **terms: Any) -> SqlLedger:
        given = {"owner": "me", "lease": 45.0, "attempts": 3, "backoff": 0.0, **terms}
        return SqlLedger(self.database, self.journal, **given)

    def parts(self, **terms: Any) -> SqlParts:
        return SqlParts(self.database, **{"owner": "me", "lease": 45.0, **terms})

    def claimed(self, job: UUID, name: str) -> Attempt:
        attempt = self.ledger().claim(str(job), name)
        assert attempt is not None
        return attempt

    def do(self, job: UUID, *names: str, **output: Any) -> None:
        """Stages done, and the job advanced."""
        for name in names:
            attempt = self.claimed(job, name)
            assert self.ledger().done(attempt, manifest(name, attempt.number, **output))
        self.advance(job)

    def fail(self, job: UUID, name: str) -> None:
        assert self.ledger().failed(self.claimed(job, name), WHY)
        self.advance(job)

    def advance(self, job: UUID) -> None:
        with self.database.transaction() as session:
            advance(session, job, self.journal, WORKFLOWS)

    def sweep(self, **terms: Any) -> Swept:
        return sweep(self.database, self.journal, workflows=WORKFLOWS, **terms)

    def job(self, job: UUID, account: UUID = LOCAL) -> JobRow:
        with self.database.transaction() as session:
            return Jobs(session, account).get(job)

    def states(self, job: UUID) -> dict[str, str]:
        return {each.stage: each.state for each in self.job(job).stages}

    def events(self, job: UUID) -> Sequence[EventRow]:
        query = select(EventRow).where(EventRow.job_id == job).order_by(EventRow.seq)
        with self.database.transaction() as session:
            return session.scalars(query).all()

    def kinds(self, job: UUID) -> list[str]:
        return [each.kind for each in self.events(job)]

    def outbox(self) -> list[list[str]]:
        with self.database.transaction() as session:
            return list(session.scalars(select(OutboxRow.stages).order_by(OutboxRow.id)))

    def empty_outbox(self) -> None:
        """The wake-ups were sent, and then lost."""
        with self.database.transaction() as session:
            session.execute(OutboxRow.__table__.delete())  # type: ignore[attr-defined]

    def change(self, job: UUID, **values: Any) -> None:
        with self.database.transaction() as session:
            session.execute(update(JobRow).where(JobRow.id == job).values(**values))

    def change_stage(self, job: UUID, name: str, **values: Any) -> None:
        row = update(StageRow).where(StageRow.job_id == job, StageRow.stage == name)
        with self.database.transaction() as session:
            session.execute(row.values(**values))

    def pass_time(self, seconds: float) -> None:
        """For stages that wait; what runs goes on."""
        waiting = update(StageRow).where(StageRow.state == "ready")
        past = timedelta(seconds=seconds)
        moved = {"ready_at": StageRow.ready_at - past, "woken_at": StageRow.woken_at - past}
        with self.database.transaction() as session:
            session.execute(waiting.values(**moved).execution_options(synchronize_session=False))

    def let_die(self, job: UUID, name: str) -> None:
        """The lease of whoever does a stage has run out."""
        self.change_stage(job, name, lease_until=func.now() - timedelta(seconds=1))


def at_once(calls: Iterable[Callable[[], T]]) -> list[T]:
    """What calls answer that begin in the same moment, each in a thread."""
    found = list(calls)
    barrier = Barrier(len(found))

    def begin(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(begin, found))
