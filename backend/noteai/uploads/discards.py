"""What an account no longer needs, on its way out of the store.

Files and manifests are shared by the jobs of an account, so that they go by reference: what was
given up waits for a while, is condemned where nothing refers to it, and is then removed. A stage
may rely on a file that nothing refers to yet, because it found it there: when it is done it asks
`check` under a lock of the same rows, and is done again where it relied on what has gone.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.jobs.models import JobRow, StageRow
from noteai.uploads.errors import FilesDiscarded
from noteai.uploads.models import DiscardRow, UploadRow

GRACE = 900.0
"""Seconds from giving something up to its removal."""
_BATCH = 200
_REMEMBERED = timedelta(days=7)
"""Longer than any stage takes that may have relied on what was removed."""
Moment = datetime | ColumnElement[datetime]
Store = Callable[[UUID], S3Store]


def put(session: Session, account: UUID, digests: Collection[str], after: float = GRACE) -> None:
    """To be removed in `after` seconds, as far as nothing refers to it then."""
    if not digests:
        return
    new = _rows(account, digests, after)
    is_settled = or_(DiscardRow.condemned_at.is_(None), DiscardRow.removed_at.is_not(None))
    anew = {"due_at": new.excluded.due_at, "condemned_at": None, "removed_at": None}
    session.execute(
        new.on_conflict_do_update(
            index_elements=["account_id", "digest"], set_=anew, where=is_settled
        )
    )


def put_found(session: Session, account: UUID, digests: Collection[str]) -> None:
    """The same at once, for what was seen in the store; what has been removed since stays so."""
    if digests:
        session.execute(_rows(account, digests, 0.0).on_conflict_do_nothing())


def check(session: Session, account: UUID, digests: Collection[str], since: Moment) -> None:
    """Rely on these, which were found in the store after `since`, until the transaction ends.

    Raises: FilesDiscarded, where one of them is being removed, or was after that moment.
    """
    is_lost = or_(DiscardRow.removed_at.is_(None), DiscardRow.removed_at > since)
    query = (
        select(DiscardRow.condemned_at, is_lost)
        .where(_among(account, digests))
        .order_by(DiscardRow.digest)
        .with_for_update(read=True, of=DiscardRow)
    )
    if any(condemned and lost for condemned, lost in session.execute(query).all()):
        raise FilesDiscarded


def remove_due(database: Database, store: Store, batch: int = _BATCH) -> int:
    """One round, whose steps each are repeated until they succeed: how much was removed.

    Raises: DatabaseUnavailable, StoreUnavailable.
    """
    removed = _finish(database, store, batch)
    with database.transaction() as session:
        _condemn(session, batch)
    removed += _finish(database, store, batch)
    with database.transaction() as session:
        forgotten = DiscardRow.removed_at < func.now() - _REMEMBERED
        session.execute(delete(DiscardRow).where(forgotten))
    return removed


def unused(session: Session, account: UUID, digests: Collection[str]) -> set[str]:
    """Those that no complete upload and no stage of the account refers to."""
    needed = _of_uploads(session, account, digests) | _of_jobs(session, account, digests)
    return set(digests) - needed


def _of_uploads(session: Session, account: UUID, digests: Collection[str]) -> set[str]:
    query = select(UploadRow.digest).where(
        UploadRow.account_id == account,
        UploadRow.digest.in_(digests),
        UploadRow.state == "complete",
    )
    return {each for each in session.scalars(query) if each}


def _of_jobs(session: Session, account: UUID, digests: Collection[str]) -> set[str]:
    query = (
        select(StageRow.kept)
        .join(JobRow, JobRow.id == StageRow.job_id)
        .where(JobRow.account_id == account, StageRow.kept.overlap(list(digests)))
    )
    return {name for kept in session.scalars(query) for name in kept or ()}


def _condemn(session: Session, batch: int) -> None:
    """Under a lock of the rows, after which everything is seen that relies on them."""
    query = (
        select(DiscardRow.account_id, DiscardRow.digest)
        .where(DiscardRow.condemned_at.is_(None), DiscardRow.due_at <= func.now())
        .order_by(DiscardRow.due_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    for account, digests in _by_account(session.execute(query).all()):
        out = unused(session, account, digests)
        session.execute(
            update(DiscardRow).where(_among(account, out)).values(condemned_at=func.now())
        )
        needed = set(digests) - out
        session.execute(delete(DiscardRow).where(_among(account, needed)))


def _finish(database: Database, store: Store, batch: int) -> int:
    """Remove what was condemned, here or by a process that died over it."""
    query = (
        select(DiscardRow.account_id, DiscardRow.digest)
        .where(DiscardRow.condemned_at.is_not(None), DiscardRow.removed_at.is_(None))
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    with database.transaction() as session:
        found = session.execute(query).all()
        for account, digests in _by_account(found):
            store(account).forget(digests)
            gone = update(DiscardRow).where(_among(account, digests))
            session.execute(gone.values(removed_at=func.clock_timestamp()))
    return len(found)


def _rows(account: UUID, digests: Collection[str], after: float) -> Insert:
    """In one order always, so that two of them do not wait for each other."""
    due = func.now() + timedelta(seconds=after)
    names = sorted(set(digests))
    return insert(DiscardRow).values(
        [{"account_id": account, "digest": each, "due_at": due} for each in names]
    )


def _by_account(rows: Sequence[Row[UUID, str]]) -> Iterator[tuple[UUID, list[str]]]:
    for account, found in groupby(sorted(rows), key=lambda row: row.account_id):
        yield account, [row.digest for row in found]


def _among(account: UUID, digests: Collection[str]) -> ColumnElement[bool]:
    return and_(DiscardRow.account_id == account, DiscardRow.digest.in_(digests))
