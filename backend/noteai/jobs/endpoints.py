"""Jobs over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response, status
from starlette.requests import HTTPConnection

from noteai.api.dependencies import Caller, Services, Tx
from noteai.api.schema import problems
from noteai.api.services import ApiServices
from noteai.engine.params import BadParameter, UnknownParameter
from noteai.engine.workflow import StageRequired, UnknownStage
from noteai.errors import NoteAIError
from noteai.jobs import service, views
from noteai.jobs.capacity import QueueList, WorkflowList
from noteai.jobs.deletion import delete
from noteai.jobs.errors import (
    IdempotencyConflict,
    JobEnded,
    JobNotEnded,
    JobNotFound,
    JobNotRetryable,
    OneUploadWanted,
    UploadNotUsable,
)
from noteai.jobs.history import JobManifest, LogPage
from noteai.jobs.logs import Level
from noteai.jobs.repository import Filter, Jobs, ShownState
from noteai.jobs.schemas import JobList, JobView, NewJob, SubmittedJob
from noteai.jobs.service import JobOrder
from noteai.jobs.status import Question, ask
from noteai.jobs.submission import submit_with_upload
from noteai.jobs.views import LogQuestion
from noteai.live.endpoints import live_of
from noteai.paging import BadCursor
from noteai.uploads.endpoints import DECLARING
from noteai.uploads.errors import UploadNotFound
from noteai.webhooks import repository as webhooks
from noteai.webhooks import schemas
from noteai.webhooks.endpoints import guard_of
from noteai.webhooks.errors import SecretRefused, TargetRefused
from noteai.webhooks.service import HookOrder, checked_for_job
from noteai.workflows import UnknownWorkflow, from_uploads

router = APIRouter()

_LONGEST = 60.0
JobId = Annotated[UUID, Path(description="Foreign and unknown ids are both 404.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A repeated request with the same key gives the same job.",
    ),
]


def _about(field: str, error: NoteAIError) -> NoteAIError:
    error.field = field
    return error


_ORDERS = problems(
    UploadNotFound(),
    UploadNotUsable(state="aborted"),
    OneUploadWanted(count="none"),
    IdempotencyConflict(),
    *DECLARING,
    UnknownWorkflow(name="magic", known="highlights"),
    _about("without", StageRequired(stage="transcript", consumer="content")),
    _about("without", UnknownStage(stage="x", workflow="highlights", stages="recording, silence")),
    _about(
        "params.segments.max_seconds",
        BadParameter(
            name="segments.max_seconds",
            value="-1",
            reason="should be greater than or equal to 10",
        ),
    ),
    _about(
        "params.segments.max_second",
        UnknownParameter(
            name="segments.max_second", suggestion="Did you mean segments.max_seconds?"
        ),
    ),
    _about("webhook.url", TargetRefused(reason="its host has no public address")),
    _about("webhook.secret", SecretRefused(reason="has 8 bytes and not 24 to 64")),
)
_BY_ID = {"job_id": "$response.body#/id"}
_SUBMITTED: dict[int | str, dict[str, Any]] = {
    201: {
        "links": {
            name: {"operationId": name, "parameters": _BY_ID}
            for name in ("get_job", "cancel_job", "retry_job", "job_logs", "job_manifest")
        }
    }
}
_STATUS: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}
        }
    },
    304: {"description": "Nothing has changed since that ETag."},
}


@router.post("/jobs", status_code=status.HTTP_201_CREATED, responses=_ORDERS | _SUBMITTED)
def submit_job(
    order: NewJob,
    caller: Caller,
    services: Services,
    session: Tx,
    response: Response,
    key: Key = None,
) -> SubmittedJob:
    """Have something made of an upload: of one that was declared before (`upload_id`), or of a new
    one (`upload`), which the answer says where to send. While it is unfinished, the job awaits it.
    """
    wanted = JobOrder(
        upload_id=_chosen(order),
        title=order.title,
        workflow=order.workflow,
        without=tuple(order.without),
        params=order.params,
        idempotency_key=key,
        fingerprint=order.fingerprint if key else None,
        webhook=_webhook(order, caller, key, services),
        life=services.service.job_life,
    )
    upload = None
    if order.upload:
        given, declared = (services.uploads, services.journal), order.upload.declaration()
        job, upload = submit_with_upload(
            services.database, *given, caller, wanted, declared, services.workflows
        )
    else:
        job = service.submit(session, services.journal, caller, wanted, services.workflows)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    hook = webhooks.find_of_job(session, job.id) if order.webhook else None
    shown = schemas.made(hook) if hook else None
    return SubmittedJob(**views.view(job, None).model_dump(), upload=upload, webhook=shown)


def _chosen(order: NewJob) -> UUID:
    """Of the upload; a new one has none yet. Raises: OneUploadWanted."""
    if (order.upload_id is None) == (order.upload is None):
        raise OneUploadWanted(count="none" if order.upload is None else "two")
    return order.upload_id or UUID(int=0)


def _webhook(
    order: NewJob, account: UUID, key: str | None, services: ApiServices
) -> HookOrder | None:
    """Its host is not looked up again for a job that is there already.

    Raises: TargetRefused, SecretRefused.
    """
    if order.webhook is None:
        return None
    wanted = order.webhook.order()
    if key:
        with services.database.transaction() as session:
            if Jobs(session, account).find(key):
                return wanted
    return checked_for_job(wanted, guard_of(services))


@router.get("/jobs", responses=problems(BadCursor()))
def list_jobs(
    caller: Caller,
    session: Tx,
    state: Annotated[list[ShownState] | None, Query(description="Any of these.")] = None,
    workflow: Annotated[str | None, Query(max_length=40)] = None,
    include: Annotated[
        list[Literal["edits"]] | None,
        Query(description="Also jobs that change something of another one's results."),
    ] = None,
    sort: Annotated[str, Query(pattern="^-?created_at$", description="- is: newest first.")] = (
        "-created_at"
    ),
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> JobList:
    """A page of jobs; `next_cursor` leads to the next one, whatever was added meanwhile."""
    page = Jobs(session, caller).page(
        Filter(tuple(state or ()), workflow, with_edits="edits" in (include or ())),
        after=cursor,
        limit=limit,
        oldest_first=not sort.startswith("-"),
    )
    return JobList(jobs=[views.summary(each) for each in page.jobs], next_cursor=page.next)


@router.get("/jobs/{job_id}", response_model=JobView, responses=_STATUS | problems(JobNotFound()))
async def get_job(
    connection: HTTPConnection,
    job_id: JobId,
    caller: Caller,
    services: Services,
    wait: Annotated[
        float,
        Query(ge=0, le=_LONGEST, description="Seconds to wait for news before it is answered."),
    ] = 0,
    if_none_match: Annotated[str | None, Header(description="An ETag.")] = None,
) -> Response:
    """How a job stands. With `wait`, the answer comes as soon as something has changed since the
    ETag of `If-None-Match`, or since the request where there is none.
    """
    question = Question(services.database, live_of(connection), caller, job_id, if_none_match)
    return await ask(question, wait)


@router.post(
    "/jobs/{job_id}/cancel", responses=problems(JobNotFound(), JobEnded(state="completed"))
)
def cancel_job(job_id: JobId, caller: Caller, services: Services, session: Tx) -> JobView:
    """Stop a job: nothing more is begun, and what runs is stopped within seconds.

    Again is no error; a job that has ended otherwise stays as it is.
    """
    job = service.cancel(session, services.journal, caller, job_id, services.workflows)
    return views.view(job, None)


@router.post(
    "/jobs/{job_id}/retry",
    responses=problems(JobNotFound(), JobNotRetryable(reason="it is running")),
)
def retry_job(job_id: JobId, caller: Caller, services: Services, session: Tx) -> JobView:
    """Go on with a job that failed or was cancelled: stages that are done are kept."""
    life, workflows = services.service.job_life, services.workflows
    job = service.retry(session, services.journal, caller, job_id, life=life, workflows=workflows)
    return views.view(job, None)


@router.delete(
    "/jobs/{job_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(JobNotFound(), JobNotEnded(state="running")),
)
def delete_job(job_id: JobId, caller: Caller, services: Services, session: Tx) -> None:
    """Forget a job that has ended, with everything that was found.

    Its files leave the store a while later, as far as no other job needs them.
    """
    terms = services.service
    delete(session, caller, job_id, after=terms.discard_after, upload_life=terms.upload_life)


@router.get("/jobs/{job_id}/logs", responses=problems(JobNotFound()))
def job_logs(
    job_id: JobId,
    caller: Caller,
    session: Tx,
    after: Annotated[
        str, Query(pattern=r"^[0-9]{1,18}(\.[0-9]{1,18})?$", description="What follows this.")
    ] = "0",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    level: Annotated[Level, Query(description="This one and what is more serious.")] = "info",
    stage: Annotated[str | None, Query(max_length=40)] = None,
) -> LogPage:
    """What happened to a job and what workers said of it, from its beginning, in the order of
    arrival; each step of its progress is left out.
    """
    return views.logs(session, caller, job_id, LogQuestion(after, limit, level, stage))


@router.get("/jobs/{job_id}/manifest", responses=problems(JobNotFound()))
def job_manifest(job_id: JobId, caller: Caller, session: Tx) -> JobManifest:
    """How everything was made: the manifests of the stages that are done, without their output."""
    return views.manifest(session, caller, job_id)


@router.get("/queue")
def queue(session: Tx, services: Services) -> QueueList:
    """How much waits, for how long, and which workers there are."""
    return views.queues(session, services.service.lease)


@router.get("/workflows")
async def workflows(services: Services) -> WorkflowList:
    """What can be made, of which stages, and what may be set of each."""
    known = from_uploads(services.workflows).values()
    return WorkflowList(workflows=[views.form(each) for each in known])
