"""Uploads over HTTP. Nothing here waits for the store while it holds a transaction."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response, status

from noteai.adapters.s3 import StoreUnavailable
from noteai.api.dependencies import Caller, Services, Tx
from noteai.api.schema import problems
from noteai.paging import BadCursor, Place
from noteai.uploads import repository, service, views
from noteai.uploads.completion import complete
from noteai.uploads.declaration import declare
from noteai.uploads.errors import (
    BadName,
    DigestMismatch,
    EmptyUpload,
    FormUnfit,
    FormUnreadable,
    NotMedia,
    PartMismatch,
    PartSizeWrong,
    PartsMissing,
    PartsOutOfOrder,
    PartUnknown,
    SizeMismatch,
    TooManyParts,
    TooManyUploads,
    UploadAborted,
    UploadBusy,
    UploadExpired,
    UploadFinished,
    UploadInUse,
    UploadLost,
    UploadNotFound,
    UploadTooLarge,
    UploadUnfinished,
)
from noteai.uploads.models import UploadState
from noteai.uploads.reception import receive
from noteai.uploads.schemas import (
    Completion,
    DownloadUrl,
    NewUpload,
    UploadList,
    UploadProgress,
    UploadView,
)

router = APIRouter()

_FORM_ROOM = 64 << 10
"""Bytes of a form that are not its file."""
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "sha256": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"},
                    },
                }
            }
        },
    }
}

_AWAY = StoreUnavailable(reason="ReadTimeoutError")
_NO_ROOM = (UploadTooLarge(limit=20 << 30), TooManyUploads(limit=50), EmptyUpload())
_BAD_NAME = BadName(reason="names a folder")
DECLARING = (_BAD_NAME, *_NO_ROOM, _AWAY)
"""What is answered to who declares an upload."""
_UNFIT_PARTS = (
    PartsMissing(numbers="3, 7"),
    PartSizeWrong(number=3, size=5, expected=8 << 20),
    PartMismatch(number=3),
    PartsOutOfOrder(),
    PartUnknown(number=9, count=8),
    TooManyParts(),
)
_ENDED = (UploadAborted(), UploadExpired(), UploadLost())
_REFUSED = (NotMedia(), SizeMismatch(), DigestMismatch())

After = Annotated[int, Query(ge=0, le=10_000, description="URLs of the parts after this one")]
Count = Annotated[int, Query(ge=0, le=1000, description="so many URLs at most")]


@router.post(
    "/uploads",
    status_code=status.HTTP_201_CREATED,
    responses=problems(*DECLARING),
)
def declare_upload(
    declared: NewUpload, caller: Caller, services: Services, response: Response, urls: Count = 100
) -> UploadProgress:
    """Say what is to be sent, and learn where to: each part with PUT to its own URL.

    A file that the account has already, by its SHA-256, is `complete` at once.
    """
    row = declare(services.database, services.uploads, caller, declared.declaration())
    response.headers["Location"] = f"/api/v1/uploads/{row.id}"
    return views.declared(services.uploads, row, urls)


@router.get("/uploads", responses=problems(BadCursor()))
def list_uploads(
    caller: Caller,
    session: Tx,
    state: UploadState | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> UploadList:
    """The newest first."""
    before = Place.read(cursor) if cursor else None
    rows = repository.find(session, caller, state=state, before=before, limit=limit + 1)
    page, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
    return UploadList(
        uploads=[views.view(row) for row in page],
        next_cursor=Place(last.created_at, last.id).cursor() if last else None,
    )


@router.get("/uploads/{upload_id}", responses=problems(UploadNotFound(), _AWAY))
def get_upload(
    upload_id: UUID, caller: Caller, services: Services, after: After = 0, urls: Count = 100
) -> UploadProgress:
    """How far it is: the parts that the store has, and new URLs of those that are missing."""
    with services.database.transaction() as session:
        row = service.find(session, caller, upload_id)
        now = repository.now(session)
    standing = service.standing(row, services.uploads)
    return views.progress(services.uploads, row, standing, after=after, urls=urls, now=now)


@router.post(
    "/uploads/{upload_id}/complete",
    responses=problems(
        UploadNotFound(), *_UNFIT_PARTS, *_ENDED, *_REFUSED, EmptyUpload(), UploadBusy(), _AWAY
    ),
)
async def complete_upload(
    upload_id: UUID, caller: Caller, services: Services, sent: Completion | None = None
) -> UploadView:
    """Put the parts together and verify the file; again is no error, and answers the same."""
    claims = [each.claim() for each in sent.parts] if sent else []
    row = await to_thread.run_sync(
        complete,
        *(services.database, services.uploads, caller, upload_id, claims),
        limiter=services.uploads.verifiers,
    )
    return views.view(row)


@router.delete(
    "/uploads/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(UploadNotFound(), UploadFinished(), UploadInUse()),
)
def delete_upload(upload_id: UUID, caller: Caller, services: Services, session: Tx) -> None:
    """Give up an unfinished upload, again without an error: its parts are removed. Or remove a
    complete one that no job uses: its file leaves the store a while later.
    """
    after = services.service.discard_after
    service.remove(session, services.uploads, caller, upload_id, after)


@router.post(
    "/upload",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=_FORM,
    responses=problems(
        FormUnreadable(reason="it breaks off"),
        FormUnfit(reason="it has no file"),
        *(_BAD_NAME, *_NO_ROOM, *_REFUSED, _AWAY),
    ),
)
async def upload_form(
    request: Request, caller: Caller, services: Services, response: Response
) -> UploadView:
    """A whole file in one request, for small clients: a form with `file` and perhaps `sha256`."""
    intake = services.uploads
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > intake.limits.max_size + _FORM_ROOM:
        raise UploadTooLarge(limit=intake.limits.max_size)
    kind = request.headers.get("content-type", "")
    row = await receive(request.stream(), kind, services.database, intake, caller)
    response.headers["Location"] = f"/api/v1/uploads/{row.id}"
    return views.view(row)


@router.get("/videos/presigned-url", responses=problems(UploadNotFound(), UploadUnfinished()))
def download_url(upload_id: UUID, caller: Caller, services: Services) -> DownloadUrl:
    """Where to GET the file of a complete upload from, with ranges, for a while."""
    intake = services.uploads
    with services.database.transaction() as session:
        row = service.find(session, caller, upload_id)
        now = repository.now(session)
    expires_at = now + timedelta(seconds=intake.limits.url_life)
    return DownloadUrl(url=service.download_url(row, intake), expires_at=expires_at)
