"""From parts to a file of the account: joined, verified, filed by content.

Between two transactions stands work in the store that takes as long as the file is large, so
completing opens its own. One request at a time works on an upload: it holds an advisory lock,
which ends with its process, and whoever takes over finds every step repeatable.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from noteai.adapters.s3 import NotThere
from noteai.adapters.s3_incoming import PartsChanged
from noteai.database import Database
from noteai.engine.artifact import FileRef
from noteai.media.container import recognise_bytes
from noteai.uploads import discards, repository
from noteai.uploads.errors import (
    DigestMismatch,
    EmptyUpload,
    NotMedia,
    PartsReplaced,
    SizeMismatch,
    UploadBusy,
    UploadLost,
    UploadProblem,
    UploadRefused,
)
from noteai.uploads.models import UploadRow
from noteai.uploads.parts import Claim, check
from noteai.uploads.service import Intake, check_open, cut_of, forget, incoming_key

_HEAD = 4096
_LOOK = 0.1
"""Seconds between two looks at what another request is doing."""
_PATIENCE = 20.0
"""Seconds to wait for it: less than clients and proxies wait for an answer."""
_TYPES = {
    "aac": "audio/aac",
    "asf": "video/x-ms-asf",
    "avi": "video/x-msvideo",
    "flac": "audio/flac",
    "flv": "video/x-flv",
    "matroska": "video/x-matroska",
    "mov": "video/mp4",
    "mp3": "audio/mpeg",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "ogg": "application/ogg",
    "wav": "audio/wav",
}
"""By demuxer: the type is what the content is, so that the same file is the same everywhere."""


def complete(
    database: Database,
    intake: Intake,
    account: UUID,
    upload: UUID,
    claims: Sequence[Claim] = (),
    patience: float = _PATIENCE,
) -> UploadRow:
    """The complete upload; as often as asked, and by whomever at once, the same.

    Raises:
        UploadNotFound, UploadAborted, UploadExpired
        PartsUnfit and its like: the upload goes on waiting for parts.
        UploadRefused: it has ended, and nothing of it is left.
        UploadBusy: another request has worked on it for longer than `patience` seconds.
    """
    until = time.monotonic() + patience
    while True:
        row = _begin(database, account, upload)
        if row.state == "complete":
            return row
        row, problem = _in_turn(database, intake, row, claims)
        if problem:
            raise problem
        if row.state == "complete":
            return row
        if time.monotonic() > until:
            raise UploadBusy
        time.sleep(_LOOK)


def _begin(database: Database, account: UUID, upload: UUID) -> UploadRow:
    """From here on the upload can no longer be aborted, nor does it expire."""
    with database.transaction() as session:
        row = repository.get(session, account, upload, locked=True)
        check_open(row, repository.now(session))
        if row.state == "awaiting_parts":
            row.state = "verifying"
    return row


def _in_turn(
    database: Database, intake: Intake, row: UploadRow, claims: Sequence[Claim]
) -> tuple[UploadRow, UploadProblem | None]:
    """Settle the upload where nobody else is at it, and what came of it."""
    problem: UploadProblem | None = None
    with database.transaction() as session:
        if not repository.take_turn(session, row.id):
            return row, None
        row = repository.get(session, row.account_id, row.id)
        if row.state == "verifying":
            problem = _end(session, intake, row, claims)
    if row.state in ("complete", "refused"):
        forget(row, intake)
    return row, problem


def _end(
    session: Session, intake: Intake, row: UploadRow, claims: Sequence[Claim]
) -> UploadProblem | None:
    problem: UploadProblem | None = None
    try:
        file = _settle(session, row, intake, claims)
    except UploadRefused as refusal:
        row.state, row.refusal, problem = "refused", refusal.code, refusal
    except UploadProblem as unfit:
        row.state = "awaiting_parts"
        return unfit
    else:
        now = repository.now(session)
        row.state, row.completed_at = "complete", now
        row.expires_at = now + timedelta(seconds=intake.limits.life)
        row.digest, row.media_type = file.digest, file.media_type
    session.flush()
    intake.ended(session, row.id)
    return problem


def _settle(session: Session, row: UploadRow, intake: Intake, claims: Sequence[Claim]) -> FileRef:
    """Raises: UploadProblem; FilesDiscarded, where the same file is being removed just now."""
    key = incoming_key(row.account_id, row.id)
    _join(row, key, intake, claims)
    _check_size(row, intake.objects.size(key))
    file = _recognised(row, intake.objects.read(key))
    if row.digest not in (None, file.digest):
        raise DigestMismatch
    discards.check(session, row.account_id, [file.digest], func.clock_timestamp())
    intake.store(row.account_id).adopt(key, file)
    return file


def _join(row: UploadRow, key: str, intake: Intake, claims: Sequence[Claim]) -> None:
    assert row.multipart_id is not None
    try:
        parts = intake.objects.parts(key, row.multipart_id)
        check(cut_of(row), parts, claims)
        intake.objects.join(key, row.multipart_id, parts)
    except NotThere:
        return  # they were joined before, or their object is found to be lost
    except PartsChanged as changed:
        raise PartsReplaced from changed


def _check_size(row: UploadRow, size: int | None) -> None:
    if size is None:
        raise UploadLost
    if size == 0:
        raise EmptyUpload
    if size != row.size:
        raise SizeMismatch


def _recognised(row: UploadRow, chunks: Iterator[bytes]) -> FileRef:
    """What the object is, read once from beginning to end. Raises: NotMedia."""
    first = next(chunks, b"")
    while len(first) < _HEAD and (more := next(chunks, b"")):
        first += more
    found = recognise_bytes(first[:_HEAD])
    if found.kind != "recording":
        raise NotMedia
    digest = hashlib.sha256(first)
    for chunk in chunks:
        digest.update(chunk)
    media_type = _TYPES.get(found.demuxer, "application/octet-stream")
    return FileRef(digest=digest.hexdigest(), media_type=media_type, size=row.size)
