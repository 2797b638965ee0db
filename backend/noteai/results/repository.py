"""Every query about results. None answers beyond the account."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

from sqlalchemy import Select, String, bindparam, func, literal, select, text
from sqlalchemy.orm import Session, aliased

from noteai.engine.artifact import Artifact
from noteai.engine.run import failure_of
from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import TERMINAL, JobRow, JobState, StageRow
from noteai.jobs.repository import shown_state
from noteai.results.errors import ClipNotFound, EditCancelled, JobNotFinished, ResultAbsent
from noteai.results.models import (
    ClipRow,
    ContentSegmentRow,
    LayoutSlideRow,
    TranscriptSegmentRow,
)

Kind = TypeVar("Kind", bound=Artifact)
Sentence = TranscriptSegmentRow
Slide = LayoutSlideRow
BEGIN, END, LESS, MORE = "\x02", "\x03", "\x04", "\x05"
"""Around each match of a search, and for < and >, which Postgres takes for markup and drops; no
text that people read has them."""
_HEADLINE = f"StartSel={BEGIN}, StopSel={END}, MaxWords=40, MinWords=20"
_FINISHED = ("completed", "completed_empty")


@dataclass(frozen=True)
class Match:
    position: int
    start: float
    end: float
    text: str
    headline: str
    title: str = ""


ClipState = Literal["ready", "rendering", "failed"]


@dataclass(frozen=True)
class Shown:
    """A clip, and how the job of its newest change stands."""

    row: ClipRow
    edit_state: JobState | None
    edit_failure: dict[str, Any] | None

    @property
    def state(self) -> ClipState:
        if self.row.wanted is None or self.edit_state is None:
            return "ready"
        if self.edit_state not in TERMINAL:
            return "rendering"
        return "failed"

    @property
    def failure(self) -> dict[str, Any] | None:
        """Why the newest change did not come about."""
        if self.state != "failed":
            return None
        return self.edit_failure or failure_of(EditCancelled()).model_dump()


@dataclass(frozen=True)
class Outputs:
    """What stages gave, as JSON."""

    by_stage: Mapping[str, Any]

    def find(self, stage: str, kind: type[Kind]) -> Kind | None:
        output = self.by_stage.get(stage)
        return None if output is None else kind.model_validate(output)


class Results:
    """Of one job that has completed."""

    def __init__(self, session: Session, job: JobRow) -> None:
        self._session = session
        self.job = job

    @classmethod
    def of(cls, session: Session, account: UUID, job_id: UUID) -> "Results":
        """Raises: JobNotFound, JobNotFinished."""
        mine = select(JobRow).where(JobRow.id == job_id, JobRow.account_id == account)
        job = session.scalar(mine.where(JobRow.parent_id.is_(None)))
        if job is None:
            raise JobNotFound
        if job.state not in _FINISHED:
            raise _unfinished(job)
        return cls(session, job)

    def find(self, stage: str, kind: type[Kind]) -> Kind | None:
        """The artifact that a stage gave."""
        return self.outputs((stage,)).find(stage, kind)

    def outputs(self, stages: Collection[str]) -> Outputs:
        """In one statement."""
        rows = self._session.execute(
            select(StageRow.stage, StageRow.manifest["output"].label("output")).where(
                StageRow.job_id == self.job.id, StageRow.stage.in_(stages), StageRow.state == "done"
            )
        )
        return Outputs({row.stage: row.output for row in rows})

    def get(self, stage: str, kind: type[Kind]) -> Kind:
        """Raises: ResultAbsent."""
        found = self.find(stage, kind)
        if found is None:
            raise ResultAbsent(stage=stage)
        return found

    def stages(self) -> frozenset[str]:
        """Those that gave something."""
        done = select(StageRow.stage).where(
            StageRow.job_id == self.job.id, StageRow.state == "done"
        )
        return frozenset(self._session.scalars(done))

    def require(self, stage: str) -> Self:
        """Raises: ResultAbsent."""
        if stage not in self.stages():
            raise ResultAbsent(stage=stage)
        return self

    def manifests(self) -> list[dict[str, Any]]:
        """Whole, in the order of the stages."""
        rows = self._session.scalars(
            select(StageRow.manifest)
            .where(StageRow.job_id == self.job.id, StageRow.manifest.is_not(None))
            .order_by(StageRow.position)
        )
        return [each for each in rows if each]

    def reason_if_empty(self) -> str:
        found = self._session.scalar(
            select(StageRow.manifest["output"]["reason_if_empty"].astext).where(
                StageRow.job_id == self.job.id, StageRow.stage == "segments"
            )
        )
        return found or ""

    def clips(self) -> list[Shown]:
        return [Shown(*row) for row in self._session.execute(self._clips().order_by(ClipRow.rank))]

    def clip(self, rank: int) -> Shown:
        """Raises: ClipNotFound."""
        row = self._session.execute(self._clips().where(ClipRow.rank == rank)).one_or_none()
        if row is None:
            raise ClipNotFound(rank=rank, job=self.job.id)
        return Shown(*row)

    def edit_manifests(self) -> dict[int, dict[str, Any]]:
        """By rank, how the files were made of clips that were rendered again."""
        made = StageRow.manifest["output"]["clips"][0]
        is_shown = (
            made[file]["digest"].astext == ClipRow.clip[file]["digest"].astext
            for file in ("video", "vtt")
        )
        query = (
            select(ClipRow.rank, StageRow.manifest)
            .join(JobRow, JobRow.parent_id == ClipRow.job_id)
            .join(StageRow, StageRow.job_id == JobRow.id)
            .where(ClipRow.job_id == self.job.id, StageRow.stage == "clips", *is_shown)
        )
        return {rank: manifest for rank, manifest in self._session.execute(query) if manifest}

    def _clips(self) -> Select[tuple[ClipRow, JobState, dict[str, Any]]]:
        edit = aliased(JobRow)
        return (
            select(ClipRow, edit.state, edit.failure)
            .outerjoin(edit, edit.id == ClipRow.edit_job_id)
            .where(ClipRow.job_id == self.job.id)
        )

    def topics(self) -> Sequence[ContentSegmentRow]:
        table = ContentSegmentRow
        query = select(table).where(table.job_id == self.job.id).order_by(table.position)
        return self._session.scalars(query).all()

    def slides(self) -> Sequence[LayoutSlideRow]:
        table = LayoutSlideRow
        query = select(table).where(table.job_id == self.job.id).order_by(table.position)
        return self._session.scalars(query).all()

    def sentences_with(self, words: str, limit: int) -> list[Match]:
        """Sentences in which all the words are said, in order of time."""
        columns = (Sentence.position, Sentence.start, Sentence.end, Sentence.text)
        query = (
            select(*columns, _headline(Sentence.text))
            .where(Sentence.job_id == self.job.id, _matches(Sentence.text))
            .order_by(Sentence.position)
            .limit(limit)
        )
        return [Match(*row) for row in self._session.execute(query, {"words": words})]

    def slides_with(self, words: str, limit: int) -> list[Match]:
        """Slides that show all the words, each with the stretch of its first showing."""
        first = Slide.visits[0]
        query = (
            select(
                Slide.position,
                first["start"].as_float(),
                first["end"].as_float(),
                Slide.text,
                _headline(Slide.text),
                Slide.title,
            )
            .where(Slide.job_id == self.job.id, _matches(Slide.text))
            .order_by(Slide.position)
            .limit(limit)
        )
        return [Match(*row) for row in self._session.execute(query, {"words": words})]


def _unfinished(job: JobRow) -> JobNotFinished:
    failure = job.failure or {}
    why = f": {str(failure['message']).rstrip('.')}" if failure.get("message") else ""
    waits = f"Wait until it is completed: GET /api/v1/jobs/{job.id}?wait=30."
    ended = "Try it again, or submit a new job."
    remedy = failure.get("remedy") or (waits if job.state in ("queued", "running") else ended)
    return JobNotFinished(state=shown_state(job), why=why, remedy=remedy)


def _query() -> Any:
    return func.websearch_to_tsquery(text("'simple'"), bindparam("words", type_=String))


def _matches(column: Any) -> Any:
    """As the index is written, so that it is used."""
    return func.to_tsvector(text("'simple'"), column).op("@@")(_query())


def _headline(column: Any) -> Any:
    shown = func.translate(column, literal(f"<>{BEGIN}{END}"), literal(LESS + MORE))
    return func.ts_headline(text("'simple'"), shown, _query(), literal(_HEADLINE))
