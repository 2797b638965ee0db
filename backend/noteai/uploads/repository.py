"""Every query about uploads. Each takes the account, and never answers beyond it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_, update
from sqlalchemy.orm import Session

from noteai.accounts.models import Account
from noteai.jobs.models import JobRow
from noteai.paging import Place
from noteai.uploads.errors import UploadNotFound
from noteai.uploads.models import UploadRow, UploadState

UNFINISHED: tuple[UploadState, ...] = ("awaiting_parts", "verifying")


def get(session: Session, account: UUID, upload: UUID, *, locked: bool = False) -> UploadRow:
    """Locked rows can still be referred to by new jobs. Raises: UploadNotFound."""
    query = select(UploadRow).where(UploadRow.id == upload, UploadRow.account_id == account)
    if locked:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise UploadNotFound
    return row


def find(
    session: Session,
    account: UUID,
    *,
    state: UploadState | None,
    before: Place | None,
    limit: int,
) -> Sequence[UploadRow]:
    """The newest first."""
    query = select(UploadRow).where(UploadRow.account_id == account)
    if state:
        query = query.where(UploadRow.state == state)
    if before:
        query = query.where(tuple_(UploadRow.created_at, UploadRow.id) < tuple_(*before))
    order = (UploadRow.created_at.desc(), UploadRow.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def find_same(session: Session, account: UUID, digest: str, size: int) -> UploadRow | None:
    """A complete upload of the same content."""
    query = select(UploadRow).where(
        UploadRow.account_id == account,
        UploadRow.digest == digest,
        UploadRow.size == size,
        UploadRow.state == "complete",
    )
    return session.scalar(query.order_by(UploadRow.completed_at.desc()).limit(1))


def count_unfinished(session: Session, account: UUID) -> int:
    """Under a lock of the account, so that the count holds until the transaction ends."""
    session.execute(select(Account.id).where(Account.id == account).with_for_update(key_share=True))
    query = select(func.count()).where(
        UploadRow.account_id == account,
        UploadRow.state.in_(UNFINISHED),
        _is_in_time() | (UploadRow.state == "verifying"),
    )
    return session.scalar(query) or 0


def now(session: Session) -> datetime:
    """By the database's clock: the same throughout a transaction."""
    return session.execute(select(func.now())).scalar_one()


def take_turn(session: Session, upload: UUID) -> bool:
    """The right to complete an upload, until the transaction ends or its process dies."""
    key = int.from_bytes(upload.bytes[:8], signed=True)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def take_expired(session: Session, limit: int) -> Sequence[UploadRow]:
    query = select(UploadRow).where(UploadRow.state == "awaiting_parts", ~_is_in_time())
    query = query.order_by(UploadRow.expires_at).limit(limit)
    return session.scalars(query.with_for_update(key_share=True, skip_locked=True)).all()


def find_stuck(session: Session, limit: int, patience: timedelta) -> Sequence[UploadRow]:
    """Uploads whose verification may have died with its process."""
    query = select(UploadRow).where(
        UploadRow.state == "verifying", UploadRow.created_at < func.now() - patience
    )
    return session.scalars(query.order_by(UploadRow.created_at).limit(limit)).all()


def keep(session: Session, upload: UUID, seconds: float) -> None:
    """A complete upload stays for so long from now, and as long as a job uses it."""
    row = update(UploadRow).where(UploadRow.id == upload, UploadRow.state == "complete")
    session.execute(row.values(expires_at=func.now() + timedelta(seconds=seconds)))


def take_unused(session: Session, limit: int) -> Sequence[UploadRow]:
    """Complete ones that no job uses and that are past their time, locked against new jobs."""
    query = select(UploadRow).where(UploadRow.state == "complete", ~_is_in_time(), ~_is_in_use())
    query = query.order_by(UploadRow.expires_at).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def remove_unused(session: Session, uploads: Sequence[UploadRow]) -> list[UploadRow]:
    """Those that were removed: no job has come to use them before they were locked."""
    asked = UploadRow.id.in_([each.id for each in uploads])
    gone = delete(UploadRow).where(asked, ~_is_in_use()).returning(UploadRow.id)
    removed = set(session.scalars(gone.execution_options(synchronize_session=False)))
    return [each for each in uploads if each.id in removed]


def states(session: Session, uploads: Sequence[UUID]) -> dict[UUID, UploadState]:
    """Of the uploads that there are."""
    query = select(UploadRow.id, UploadRow.state).where(UploadRow.id.in_(uploads))
    return {row.id: row.state for row in session.execute(query)}


def _is_in_time() -> ColumnElement[bool]:
    return UploadRow.expires_at > func.now()


def _is_in_use() -> ColumnElement[bool]:
    return exists().where(JobRow.upload_id == UploadRow.id)
