"""What people do with results: change a clip, of which only that clip is rendered again.

The job is locked first, then the job of an earlier change, then the clip: whoever ends a change
locks in the same order.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from noteai.agents.clips import ClipParams
from noteai.agents.segments import SegmentParams
from noteai.agents.segments.by_hand import Lecture, Limits
from noteai.jobs import service as jobs
from noteai.jobs.errors import JobNotFound
from noteai.jobs.graph import Workflows
from noteai.jobs.journal import Journal
from noteai.jobs.service import JobOrder
from noteai.jobs.standing import lock
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.results import excerpt
from noteai.results.changes import ClipChange, Clipping, merged
from noteai.results.errors import ClipChanged, ResultAbsent
from noteai.results.models import ClipRow
from noteai.results.repository import Outputs, Results, Shown
from noteai.results.version import Version, call, version_of
from noteai.workflows import CLIP, WORKFLOWS

_TITLE = 255
_USED = ("recording", "transcript", "silence", "content", "layout")


@dataclass(frozen=True)
class Door:
    """What a change of an account's clips needs besides the database."""

    account: UUID
    journal: Journal
    workflows: Workflows = field(default_factory=lambda: WORKFLOWS)
    life: float = 24 * 3600.0
    """Seconds until a job is ended as overdue."""


@dataclass(frozen=True)
class Changed:
    """A clip after a change."""

    results: Results
    shown: Shown
    transcript: Transcript
    job: UUID | None
    """That renders it; None where its files are good for the change."""


def change_clip(
    session: Session,
    door: Door,
    job_id: UUID,
    rank: int,
    change: ClipChange,
    known: Collection[int] | None = None,
) -> Changed:
    """Have a clip changed, which is shown as it was until it is rendered.

    `known` are the revisions that the change may be of; None is any. A change while an earlier
    one is rendered is made of what that one wants, and takes its place.

    Raises: JobNotFound, JobNotFinished, ClipNotFound, ClipChanged, SpanUnfit, WordNotInClip,
        ResultAbsent
    """
    results = Results.of(session, door.account, job_id)
    if lock(session, job_id) is None:
        raise JobNotFound
    shown = results.clip(rank)
    if known is not None and shown.row.revision not in known:
        raise ClipChanged(revision=shown.row.revision)
    making = _Making(session, door, results, shown.row, results.outputs(_USED))
    job = making.make(change)
    session.flush()
    session.expire(shown.row)
    return Changed(results, results.clip(rank), making.transcript, job)


class _Making:
    """A change of a clip that is locked."""

    def __init__(
        self, session: Session, door: Door, results: Results, row: ClipRow, outputs: Outputs
    ) -> None:
        self._session = session
        self._door = door
        self._job = results.job
        self._row = row
        self.recording = _required(outputs.find("recording", Recording), "recording")
        self.transcript = _required(outputs.find("transcript", Transcript), "transcript")
        self.layout = outputs.find("layout", LayoutTimeline)
        self.silence = outputs.find("silence", SilenceMap)
        content = outputs.find("content", ContentAnalysis)
        self._by = Clipping(
            lecture=Lecture(self.transcript, self.silence, content, self.layout),
            limits=_limits(self._job.params, self.recording),
            look=_look(self._job.params),
            is_title_drawn=self.recording.video is None,
        )

    def make(self, change: ClipChange) -> UUID | None:
        """The job that renders it, where it has to be."""
        row, under_way = self._row, self._under_way()
        there = version_of(row)
        base = Version.model_validate(row.wanted) if under_way else there
        wanted = merged(base, change, self._by)
        if self._by.is_drawn_alike(base, wanted):
            self._call(wanted, is_new=wanted.highlight.title != base.highlight.title)
            return None
        if under_way:
            door = self._door
            jobs.cancel(self._session, door.journal, door.account, under_way, door.workflows)
        if self._by.is_drawn_alike(there, wanted):
            row.wanted = None
            self._call(wanted, is_new=True)
            return None
        row.revision += 1
        row.edit_job_id = self._submit(wanted)
        row.wanted = wanted.model_dump(mode="json")
        return row.edit_job_id

    def _call(self, wanted: Version, *, is_new: bool) -> None:
        if is_new:
            self._row.revision += 1
            call(self._row, wanted.highlight.title)

    def _under_way(self) -> UUID | None:
        """The job of an earlier change that may still come to its end: locked, so it does not."""
        job, row = self._row.edit_job_id, self._row
        locked = lock(self._session, job) if job and row.wanted else None
        self._session.refresh(row, with_for_update=True)
        if locked is None or locked.has_ended or locked.is_cancelled or row.wanted is None:
            return None
        return job

    def _submit(self, wanted: Version) -> UUID:
        order = JobOrder(
            upload_id=self._job.upload_id,
            parent_id=self._job.id,
            title=wanted.highlight.title[:_TITLE],
            workflow=CLIP.name,
            params={"clips": {**self._job.params.get("clips", {}), **wanted.look}},
            given=self._given(wanted),
            life=self._door.life,
        )
        door = self._door
        return jobs.submit(self._session, door.journal, door.account, order, door.workflows).id

    def _given(self, wanted: Version) -> dict[str, Any]:
        found = self.recording, self.transcript, self.silence, self.layout
        return excerpt.given(wanted, *found)


def _limits(params: dict[str, Any], recording: Recording) -> Limits:
    chosen = SegmentParams.model_validate(params.get("segments", {}))
    return Limits(chosen.min_seconds, chosen.max_seconds, recording.duration)


def _look(params: dict[str, Any]) -> dict[str, Any]:
    return ClipParams.model_validate(params.get("clips", {})).model_dump(mode="json")


def _required(found: Any, stage: str) -> Any:
    if found is None:
        raise ResultAbsent(stage=stage)
    return found
