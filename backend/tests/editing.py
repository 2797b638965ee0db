"""A made lecture whose clips are changed, with nobody who renders them but the test."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from made_lecture import Keep, Made, artifacts, clip
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.engine.artifact import Artifact
from noteai.engine.events import Failure
from noteai.engine.key import artifact_digest
from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt
from noteai.jobs.advance import advance
from noteai.jobs.journal import Journal
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.models import JobRow, StageRow
from noteai.jobs.sweep import sweep
from noteai.lecture.clips import ClipSet
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.recording import VideoTrack

SILENT = Journal(lambda *_: None)
BROKEN = Failure(code="broken", message="It broke.", remedy="Mend it.")
SHORT = {"segments": {"min_seconds": 3, "max_seconds": 25}}
FILMED = VideoTrack(
    index=0, codec="h264", width=1280, height=720, coded_width=1280, coded_height=720,
    frame_rate=25.0,
)  # fmt: skip


def filmed(keep: Keep) -> dict[str, Artifact]:
    """The made lecture with a picture, in which titles are not drawn."""
    made = artifacts(keep)
    return made | {"recording": made["recording"].model_copy(update={"video": FILMED})}


@dataclass(frozen=True)
class Cutter:
    """Changes clips of one job, and does what workers do."""

    api: TestClient
    database: Database
    keep: Keep
    job: UUID

    @classmethod
    def of(cls, api: TestClient, database: Database, keep: Keep, **facts: Any) -> "Cutter":
        made = facts.pop("made", None) or filmed(keep)
        account = facts.pop("account", LOCAL)
        with database.transaction() as session:
            job = Made(session, account).job(made, **{"params": SHORT, **facts})
        return cls(api, database, keep, job)

    def path(self, rank: int = 1) -> str:
        return f"/api/v1/results/{self.job}/clips/{rank}"

    def clip(self, rank: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(self.path(rank)).json()
        return found

    def patch(self, change: Any, rank: int = 1, **options: Any) -> Any:
        return self.api.patch(self.path(rank), json=change, **options)

    def edit(self, change: Any, rank: int = 1) -> UUID:
        """The job that renders it."""
        answer = self.patch(change, rank)
        assert answer.status_code == 202, answer.text
        return UUID(answer.headers["Location"].rpartition("/")[2])

    def claim(self, edit: UUID) -> Attempt:
        attempt = self.ledger.claim(str(edit), "clips")
        assert attempt is not None
        return attempt

    def render(self, edit: UUID, attempt: Attempt | None = None) -> bool:
        """The files of the clip say which job made them."""
        mine = attempt or self.claim(edit)
        done = self.ledger.done(mine, self.manifest(edit, mine.number))
        self.advance(edit)
        return done

    def fail(self, edit: UUID) -> None:
        assert self.ledger.failed(self.claim(edit), BROKEN)
        self.advance(edit)

    def advance(self, edit: UUID) -> None:
        with self.database.transaction() as session:
            advance(session, edit, SILENT)

    def die(self, edit: UUID) -> None:
        """Its worker is lost, and the sweeper comes by."""
        row = update(StageRow).where(StageRow.job_id == edit)
        with self.database.transaction() as session:
            session.execute(row.values(lease_until=func.now() - func.make_interval(0, 0, 0, 1)))
        sweep(self.database, SILENT)

    def row(self, edit: UUID) -> JobRow:
        with self.database.transaction() as session:
            return session.get_one(JobRow, edit)

    def stages(self, edit: UUID) -> list[StageRow]:
        with self.database.transaction() as session:
            return list(session.scalars(select(StageRow).where(StageRow.job_id == edit)))

    def edits(self) -> list[JobRow]:
        mine = select(JobRow).where(JobRow.parent_id == self.job).order_by(JobRow.created_at)
        with self.database.transaction() as session:
            return list(session.scalars(mine))

    @property
    def ledger(self) -> SqlLedger:
        return SqlLedger(self.database, SILENT, "me", 45.0, 3, backoff=0.0)

    def manifest(self, edit: UUID, attempt: int) -> Manifest:
        row = self.row(edit)
        plan = HighlightPlan.model_validate(row.given["HighlightPlan"])
        (wanted,) = plan.highlights
        said = str(edit).encode()
        made = clip(lambda _, kind: self.keep(said, kind), wanted.rank, wanted.start, wanted.end)
        is_captioned = row.params["clips"].get("burn_captions", False)
        drawn = made.model_copy(update={"is_captioned": is_captioned})
        output = ClipSet(clips=(drawn,), aspect="16:9")
        files = (made.video, made.thumbnail, made.srt, made.vtt)
        return Manifest(
            key=artifact_digest(output), stage="clips", version="1", inputs={}, params={},
            resources={}, output=output.model_dump(mode="json"), digest=artifact_digest(output),
            files=files, seconds=1.0, peak_memory=1, attempt=attempt,
        )  # fmt: skip
