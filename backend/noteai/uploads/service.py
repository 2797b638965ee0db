"""What people do with uploads. What must be one piece in the store stands in `completion`."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from anyio import CapacityLimiter
from sqlalchemy.orm import Session

from noteai.adapters.s3 import NotThere
from noteai.adapters.s3_incoming import Part, S3Incoming
from noteai.adapters.s3_store import S3Store
from noteai.database import after_commit
from noteai.engine.artifact import FileRef
from noteai.errors import NoteAIError
from noteai.uploads import discards, repository
from noteai.uploads.errors import (
    REFUSALS,
    EmptyUpload,
    TooManyUploads,
    UploadAborted,
    UploadExpired,
    UploadFinished,
    UploadInUse,
    UploadRefused,
    UploadTooLarge,
    UploadUnfinished,
)
from noteai.uploads.models import UploadRow
from noteai.uploads.parts import Cut, Slice


@dataclass(frozen=True)
class Limits:
    max_size: int
    """Bytes of the largest file."""
    account_uploads: int
    """Unfinished uploads of one account."""
    life: float
    """Seconds until an unfinished upload expires."""
    url_life: float
    """Seconds that a presigned URL holds."""


@dataclass(frozen=True)
class Intake:
    """Everything outside the database that uploads touch."""

    objects: S3Incoming
    store: Callable[[UUID], S3Store]
    """The files of an account."""
    limits: Limits
    ended: Callable[[Session, UUID], None]
    """Told of each upload that is complete, or never will be, in the transaction that ends it."""
    verifiers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(4))
    """How many files this process reads at a time: each holds a connection meanwhile."""
    download: "Callable[[S3Store, FileRef, str, float], str] | None" = None
    """Another way to a file's URL than the store's own: store, file, name, seconds."""


@dataclass(frozen=True)
class Declaration:
    """What a client says of the file that it is going to send."""

    name: str
    size: int
    media_type: str = "application/octet-stream"
    digest: str | None = None


@dataclass(frozen=True)
class Standing:
    """How far an upload is: what the store has, and what it lacks."""

    received: tuple[Part, ...] = ()
    missing: tuple[Slice, ...] = ()


@dataclass(frozen=True)
class Ticket:
    """A part to be sent, and where to."""

    slice: Slice
    url: str


def incoming_key(account: UUID, upload: UUID) -> str:
    return f"accounts/{account}/uploads/{upload}"


def content(row: UploadRow) -> FileRef:
    """The file of a complete upload. Raises: UploadUnfinished."""
    if row.state != "complete" or row.digest is None:
        raise UploadUnfinished
    return FileRef(digest=row.digest, media_type=row.media_type, size=row.size)


def check_size(size: int, limits: Limits) -> None:
    if size == 0:
        raise EmptyUpload
    if size > limits.max_size:
        raise UploadTooLarge(limit=limits.max_size)


def check_room(session: Session, account: UUID, limits: Limits) -> None:
    """Raises: TooManyUploads."""
    if repository.count_unfinished(session, account) >= limits.account_uploads:
        raise TooManyUploads(limit=limits.account_uploads)


def find(session: Session, account: UUID, upload: UUID) -> UploadRow:
    """Raises: UploadNotFound."""
    return repository.get(session, account, upload)


def standing(row: UploadRow, intake: Intake) -> Standing:
    """As the store knows it now: nothing for what is not waiting for parts."""
    if row.state != "awaiting_parts" or row.multipart_id is None:
        return Standing()
    cut = cut_of(row)
    key = incoming_key(row.account_id, row.id)
    try:
        parts = intake.objects.parts(key, row.multipart_id)
    except NotThere:
        parts = ()
    return Standing(tuple(each for each in parts if cut.fits(each)), cut.missing(parts))


def tickets(
    row: UploadRow, intake: Intake, missing: Sequence[Slice], now: datetime
) -> tuple[Ticket, ...]:
    """URLs of the parts, none of which outlives the upload; none where it has expired."""
    life = url_life(row, intake.limits, now)
    if row.multipart_id is None or life <= 0:
        return ()
    key, name = incoming_key(row.account_id, row.id), row.multipart_id
    urls = (intake.objects.url(key, name, each.number, each.size, life) for each in missing)
    return tuple(Ticket(each, url) for each, url in zip(missing, urls, strict=True))


def url_life(row: UploadRow, limits: Limits, now: datetime) -> float:
    return min(limits.url_life, (row.expires_at - now).total_seconds())


def remove(
    session: Session,
    intake: Intake,
    account: UUID,
    upload: UUID,
    after: float = discards.GRACE,
) -> None:
    """Give up an unfinished upload, again without an error, or a complete one that no job uses.

    The file of that follows `after` seconds later.

    Raises:
        UploadNotFound, UploadFinished, UploadInUse
    """
    row = repository.get(session, account, upload, locked=True)
    if row.state == "verifying":
        raise UploadFinished
    if row.state == "complete" and not drop(session, [row], after):
        raise UploadInUse
    if row.state == "awaiting_parts":
        row.state = "aborted"
        session.flush()
        intake.ended(session, row.id)
        after_commit(session, lambda: forget(row, intake))


def drop(session: Session, rows: Sequence[UploadRow], after: float) -> int:
    """Remove complete uploads that no job uses, and later their files; how many it were."""
    gone = repository.remove_unused(session, rows)
    for account in {each.account_id for each in gone}:
        files = {each.digest for each in gone if each.account_id == account and each.digest}
        discards.put(session, account, files, after)
    return len(gone)


def forget(row: UploadRow, intake: Intake) -> None:
    """Remove what the store has of an upload that has ended; where it fails, the janitor does."""
    key = incoming_key(row.account_id, row.id)
    with suppress(NoteAIError):
        if row.multipart_id:
            intake.objects.abort(key, row.multipart_id)
        intake.objects.remove(key)


def download_url(row: UploadRow, intake: Intake) -> str:
    """Raises: UploadUnfinished."""
    file, store = content(row), intake.store(row.account_id)
    life = intake.limits.url_life
    if intake.download:
        return intake.download(store, file, row.name, life)
    return store.url(file, row.name, row.media_type, life, shown="attachment")


def check_open(row: UploadRow, now: datetime) -> None:
    """Raises: what ended the upload, the same each time."""
    if row.state == "refused":
        raise REFUSALS.get(row.refusal or "", UploadRefused)
    if row.state == "aborted":
        raise UploadAborted
    if row.state == "expired" or (row.state == "awaiting_parts" and row.expires_at <= now):
        raise UploadExpired


def cut_of(row: UploadRow) -> Cut:
    return Cut(row.size, row.part_size)


def new_row(account: UUID, declaration: Declaration) -> UploadRow:
    """Not written down yet, and of no parts yet."""
    return UploadRow(
        id=uuid4(),
        account_id=account,
        name=declaration.name,
        media_type=declaration.media_type,
        size=declaration.size,
        digest=declaration.digest,
        state="awaiting_parts",
        part_size=Cut.of(declaration.size).part_size,
    )


def write(session: Session, intake: Intake, row: UploadRow) -> None:
    """Raises: TooManyUploads."""
    if row.state != "complete":
        check_room(session, row.account_id, intake.limits)
    now = repository.now(session)
    row.expires_at = now + timedelta(seconds=intake.limits.life)
    row.completed_at = now if row.state == "complete" else None
    session.add(row)
    session.flush()
