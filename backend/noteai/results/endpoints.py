"""What a job has made, over HTTP."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Response, status
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from noteai.adapters.s3 import StoreUnavailable
from noteai.adapters.s3_store import disposition
from noteai.api.dependencies import Caller, Services, Tx
from noteai.api.schema import problems
from noteai.api.services import ApiServices
from noteai.engine.ports import FileGone
from noteai.export import Finished
from noteai.export.editor import as_otio
from noteai.export.names import safe
from noteai.jobs.errors import JobNotFound, UploadNotUsable
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.results import archive, examples, forms, service
from noteai.results.changes import ClipChange
from noteai.results.download import Download
from noteai.results.errors import (
    ClipChanged,
    ClipNotFound,
    JobNotFinished,
    NotAcceptable,
    ResultAbsent,
    SpanUnfit,
    TooManyArchives,
    WordNotInClip,
)
from noteai.results.repository import Results
from noteai.results.schemas import (
    ChapterList,
    ClipView,
    HitList,
    LayoutView,
    ResultsView,
    SlideList,
    TranscriptView,
)
from noteai.results.service import Door
from noteai.results.tags import etag, revisions
from noteai.results.views import Page, Url, chapter_view, clip_view, hits, slide_view

router = APIRouter()

Answer = TypeVar("Answer")
JobId = Annotated[UUID, Path(description="Foreign and unknown ids are both 404.")]
Words = Annotated[
    str, Query(min_length=1, max_length=200, description='Words, "a phrase", or -without.')
]
_UNFINISHED = JobNotFinished(state="running", why="", remedy="Wait until it is completed.")
_PROBLEMS = problems(JobNotFound(), _UNFINISHED)
_PARTS = problems(JobNotFound(), ResultAbsent(stage="layout"), _UNFINISHED)
Rank = Annotated[int, Path(ge=1, le=1000, description="1 is the best.")]
IfMatch = Annotated[
    str | None, Header(max_length=200, description="The ETag of the clip that was changed.")
]
_TAG = {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-Match."}}
_TAGGED: dict[int | str, dict[str, Any]] = {200: {"headers": _TAG}}
_PLACE = {"schema": {"type": "string"}, "description": "The job that renders it."}
_CHANGED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Nothing is to be rendered for it.", "headers": _TAG},
    202: {
        "model": ClipView,
        "description": "It is being rendered.",
        "headers": {**_TAG, "Location": _PLACE},
    },
}
_NO_CLIP = (JobNotFound(), ClipNotFound(rank=9, job=UUID(int=0)), _UNFINISHED)
_REFUSALS = problems(
    *_NO_CLIP,
    ResultAbsent(stage="transcript"),
    ClipChanged(revision=3),
    UploadNotUsable(state="aborted"),
    WordNotInClip(word="w7"),
    SpanUnfit(
        start="61", end="3000", reason="the recording ends before", shortest="15", longest="90",
        duration="2712.4",
    ),
)  # fmt: skip


@router.get("/results/{job_id}", responses=_PROBLEMS)
def results(job_id: JobId, caller: Caller, services: Services, tx: Tx) -> ResultsView:
    """Clips, chapters and slides of a job, and where the rest is."""
    found = Results.of(tx, caller, job_id)
    page = Page(found, _urls(services, caller), found.stages())
    transcript = found.find("transcript", Transcript)
    return page.view(found.reason_if_empty(), transcript)


@router.get("/results/{job_id}/clips/{rank}", responses=problems(*_NO_CLIP) | _TAGGED)
def clip(
    job_id: JobId, rank: Rank, caller: Caller, services: Services, tx: Tx, response: Response
) -> ClipView:
    """A clip as it is now."""
    found = Results.of(tx, caller, job_id)
    shown = found.clip(rank)
    response.headers["ETag"] = etag(shown.row.revision)
    said = found.find("transcript", Transcript)
    return clip_view(shown, found.job, said, _urls(services, caller))


@router.patch("/results/{job_id}/clips/{rank}", responses=_REFUSALS | _CHANGED)
def change_clip(
    job_id: JobId,
    rank: Rank,
    change: ClipChange,
    caller: Caller,
    services: Services,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> ClipView:
    """Change a clip; what is not named stays. Only this clip is rendered again.

    It is shown as it was until the job that renders it is done. A further change meanwhile is
    made on top of the first, and takes its place.
    """
    door = Door(caller, services.journal, services.workflows, services.service.job_life)
    changed = service.change_clip(tx, door, job_id, rank, change, revisions(if_match))
    response.headers["ETag"] = etag(changed.shown.row.revision)
    if changed.job:
        response.status_code = status.HTTP_202_ACCEPTED
        response.headers["Location"] = f"/api/v1/jobs/{changed.job}"
    job, said = changed.results.job, changed.transcript
    return clip_view(changed.shown, job, said, _urls(services, caller))


@router.get(
    "/results/{job_id}/transcript",
    response_model=TranscriptView,
    responses=_PARTS
    | problems(NotAcceptable(accept="image/png"))
    | {
        200: {
            "content": {
                **examples.files("text/plain", "application/x-subrip", "text/vtt"),
                "application/json": {"example": examples.TRANSCRIPT},
            }
        }
    },
)
def transcript(
    job_id: JobId, caller: Caller, tx: Tx, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """What was said, in the form that `Accept` asks for."""
    answer = _transcript(tx, caller, job_id, forms.wanted(accept))
    answer.headers["Vary"] = "Accept"
    return answer


@router.get(
    "/results/{job_id}/transcript.{suffix}",
    response_class=Response,
    responses=_PARTS | examples.file(*map(forms.bare, forms.MEDIA_TYPES.values())),
)
def transcript_file(
    job_id: JobId, suffix: Literal["json", "txt", "srt", "vtt"], caller: Caller, tx: Tx
) -> Response:
    return _transcript(tx, caller, job_id, suffix)


@router.get("/results/{job_id}/chapters", responses=_PARTS)
def chapters(job_id: JobId, caller: Caller, tx: Tx) -> ChapterList:
    """The topics of the lecture, each with its summary."""
    found = Results.of(tx, caller, job_id).require("content")
    return ChapterList(chapters=[chapter_view(row) for row in found.topics()])


@router.get(
    "/results/{job_id}/chapters.{suffix}",
    response_class=Response,
    responses=_PARTS | examples.file("text/plain", "text/vtt"),
)
def chapters_file(job_id: JobId, suffix: Literal["txt", "vtt"], caller: Caller, tx: Tx) -> Response:
    """Chapters as WebVTT, or as lines for the description of a video."""
    found = Results.of(tx, caller, job_id)
    topics = found.get("content", ContentAnalysis).topics
    text = forms.chapters(topics, found.job.duration or 0.0, suffix)
    return Response(text, media_type=forms.MEDIA_TYPES[suffix])


@router.get("/results/{job_id}/slides", responses=_PARTS)
def slides(job_id: JobId, caller: Caller, services: Services, tx: Tx) -> SlideList:
    found = Results.of(tx, caller, job_id).require("layout")
    url = _urls(services, caller)
    return SlideList(slides=[slide_view(row, url) for row in found.slides()])


@router.get("/results/{job_id}/layout", responses=_PARTS)
def layout(job_id: JobId, caller: Caller, tx: Tx) -> LayoutView:
    found = Results.of(tx, caller, job_id).get("layout", LayoutTimeline)
    return LayoutView.model_validate(found.model_dump(exclude={"slides"}))


@router.get("/results/{job_id}/silence", responses=_PARTS | examples.like(examples.SILENCE))
def silence(job_id: JobId, caller: Caller, tx: Tx) -> SilenceMap:
    """Where nobody speaks."""
    return Results.of(tx, caller, job_id).get("silence", SilenceMap)


@router.get("/results/{job_id}/content", responses=_PARTS | examples.like(examples.CONTENT))
def content(job_id: JobId, caller: Caller, tx: Tx) -> ContentAnalysis:
    """Topics, and how much each sentence is worth seeing again, with what proves it."""
    return Results.of(tx, caller, job_id).get("content", ContentAnalysis)


@router.get("/results/{job_id}/search", responses=_PROBLEMS)
def search(
    job_id: JobId, q: Words, caller: Caller, tx: Tx, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> HitList:
    """Where words are said or shown: sentences and slides in order of time, `limit` of each."""
    found = Results.of(tx, caller, job_id)
    return HitList(hits=hits(found.sentences_with(q, limit), found.slides_with(q, limit)))


@router.get(
    "/results/{job_id}/highlights.otio",
    response_class=Response,
    responses=_PARTS | examples.file("application/json"),
)
def highlights(job_id: JobId, caller: Caller, tx: Tx) -> Response:
    """The highlights as an OpenTimelineIO timeline, for editors."""
    lecture = _finished(tx, caller, job_id)
    if not lecture.passages:
        raise ResultAbsent(stage="segments")
    return _attached(as_otio(lecture), "application/json", f"{safe(lecture.name, 'lecture')}.otio")


@router.get(
    "/results/{job_id}/export.zip",
    response_class=StreamingResponse,
    responses=_PARTS
    | problems(StoreUnavailable(reason="no answer"), TooManyArchives(), FileGone(digest="0a" * 32))
    | examples.file("application/zip"),
)
async def export(job_id: JobId, caller: Caller, services: Services) -> Download:
    """Everything in one ZIP: a page to open, clips, captions, slides, and how it was made."""
    lecture = await to_thread.run_sync(
        _in_transaction(services, lambda session: _finished(session, caller, job_id))
    )
    build = partial(archive.build, lecture, services.store(caller))
    return Download(build, services.scratch, f"{safe(lecture.name, 'lecture')}.zip")


def _transcript(session: Session, account: UUID, job: UUID, suffix: str) -> Response:
    found = Results.of(session, account, job)
    said = found.get("transcript", Transcript)
    content = found.find("content", ContentAnalysis) if suffix == "txt" else None
    text = forms.told(found.job.title, said, content.topics if content else (), suffix)
    return Response(text, media_type=forms.MEDIA_TYPES[suffix])


def _finished(session: Session, account: UUID, job: UUID) -> Finished:
    found = Results.of(session, account, job)
    clips = [each.row for each in found.clips()]
    return archive.finished(found.job, found.manifests(), clips, found.edit_manifests())


def _urls(services: ApiServices, account: UUID) -> Url:
    """As downloads go: by the store itself, or by what stands before it."""
    store, life = services.store(account), services.service.url_life
    download = services.uploads.download
    if download:
        return lambda ref, name: download(store, ref, name, life)
    return lambda ref, name: store.url(ref, name, ref.media_type, life)


def _attached(text: str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": disposition(name, "attachment")}
    return Response(text, media_type=media_type, headers=headers)


def _in_transaction(
    services: ApiServices, question: Callable[[Session], Answer]
) -> Callable[[], Answer]:
    def asked() -> Answer:
        with services.database.transaction() as session:
            return question(session)

    return asked
