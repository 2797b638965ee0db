"""What a job has made, over HTTP."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from noteai.adapters.s3 import StoreUnavailable
from noteai.adapters.s3_store import disposition
from noteai.api.dependencies import Caller, Services, Tx
from noteai.api.schema import problems
from noteai.api.services import ApiServices
from noteai.engine.ports import FileGone
from noteai.export import Finished
from noteai.export.editor import as_otio
from noteai.export.names import safe
from noteai.jobs.errors import JobNotFound
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.results import archive, forms
from noteai.results.errors import JobNotFinished, NotAcceptable, ResultAbsent
from noteai.results.repository import Results
from noteai.results.schemas import (
    ChapterList,
    HitList,
    LayoutView,
    ResultsView,
    SlideList,
    TranscriptView,
)
from noteai.results.views import Page, Url, chapter_view, hits, slide_view

router = APIRouter()

Answer = TypeVar("Answer")
JobId = Annotated[UUID, Path(description="Foreign and unknown ids are both 404.")]
Words = Annotated[
    str, Query(min_length=1, max_length=200, description='Words, "a phrase", or -without.')
]
_UNFINISHED = JobNotFinished(state="running", why="", remedy="Wait until it is completed.")
_PROBLEMS = problems(JobNotFound(), _UNFINISHED)
_PARTS = problems(JobNotFound(), ResultAbsent(stage="layout"), _UNFINISHED)
_builders = CapacityLimiter(2)
"""Archives that process builds at a time: each takes the room of all clips on the disk."""


def _file(*kinds: str) -> dict[int | str, dict[str, Any]]:
    text: dict[str, Any] = {"type": "string"}
    content = {kind: {"schema": {} if kind.endswith("json") else text} for kind in kinds}
    return {200: {"description": "The file.", "content": content}}


@router.get("/results/{job_id}", responses=_PROBLEMS)
def results(job_id: JobId, caller: Caller, services: Services, tx: Tx) -> ResultsView:
    """Clips, chapters and slides of a job, and where the rest is."""
    found = Results.of(tx, caller, job_id)
    page = Page(found, _urls(services, caller), found.stages())
    transcript = found.find("transcript", Transcript)
    return page.view(found.reason_if_empty(), transcript)


@router.get(
    "/results/{job_id}/transcript",
    response_model=TranscriptView,
    responses=_PARTS
    | problems(NotAcceptable(accept="image/png"))
    | {200: {"content": {forms.bare(each): {} for each in forms.MEDIA_TYPES.values()}}},
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
    responses=_PARTS | _file(*map(forms.bare, forms.MEDIA_TYPES.values())),
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
    responses=_PARTS | _file("text/plain", "text/vtt"),
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


@router.get("/results/{job_id}/silence", responses=_PARTS)
def silence(job_id: JobId, caller: Caller, tx: Tx) -> SilenceMap:
    """Where nobody speaks."""
    return Results.of(tx, caller, job_id).get("silence", SilenceMap)


@router.get("/results/{job_id}/content", responses=_PARTS)
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
    responses=_PARTS | _file("application/json"),
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
    | problems(StoreUnavailable(reason="no answer"), FileGone(digest="0a" * 32))
    | _file("application/zip"),
)
async def export(job_id: JobId, caller: Caller, services: Services) -> StreamingResponse:
    """Everything in one ZIP: a page to open, clips, captions, slides, and how it was made."""
    lecture = await to_thread.run_sync(
        _in_transaction(services, lambda session: _finished(session, caller, job_id))
    )
    scratch = await to_thread.run_sync(
        archive.build, lecture, services.store(caller), limiter=_builders
    )
    name = f"{safe(lecture.name, 'lecture')}.zip"
    headers = {"Content-Disposition": disposition(name, "attachment")}
    return StreamingResponse(archive.pack(scratch), headers=headers, media_type="application/zip")


def _transcript(session: Session, account: UUID, job: UUID, suffix: str) -> Response:
    said = Results.of(session, account, job).get("transcript", Transcript)
    return Response(forms.TRANSCRIPTS[suffix](said), media_type=forms.MEDIA_TYPES[suffix])


def _finished(session: Session, account: UUID, job: UUID) -> Finished:
    found = Results.of(session, account, job)
    return archive.finished(found.job, found.manifests())


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
