"""A new upload, alone or together with what it is for."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.uploads import discards, repository
from noteai.uploads.errors import FilesDiscarded
from noteai.uploads.models import UploadRow
from noteai.uploads.names import check_name
from noteai.uploads.service import (
    Declaration,
    Intake,
    check_room,
    check_size,
    content,
    forget,
    incoming_key,
    new_row,
    write,
)

AndThen = Callable[[Session, UploadRow], object]
"""What a new upload is for."""


def declare(
    database: Database,
    intake: Intake,
    account: UUID,
    declaration: Declaration,
    and_then: AndThen | None = None,
) -> UploadRow:
    """A new upload; complete at once where the account has the same file already.

    Opens its own transactions, none of which waits for the store. What it is for is done in the
    one that writes it down: both are there afterwards, or neither.

    Raises:
        BadName, EmptyUpload, UploadTooLarge, TooManyUploads, and what `and_then` raises
    """
    declaration = replace(declaration, name=check_name(declaration.name))
    check_size(declaration.size, intake.limits)
    if seen := _same(database, intake, account, declaration):
        with suppress(FilesDiscarded), database.transaction() as session:
            row = _again(session, intake, seen, declaration)
            _do(and_then, session, row)
            return row
    with database.transaction() as session:
        check_room(session, account, intake.limits)
    row = new_row(account, declaration)
    row.multipart_id = intake.objects.begin(incoming_key(account, row.id))
    try:
        with database.transaction() as session:
            write(session, intake, row)
            _do(and_then, session, row)
    except BaseException:
        forget(row, intake)
        raise
    return row


def _same(
    database: Database, intake: Intake, account: UUID, declaration: Declaration
) -> tuple[UploadRow, datetime] | None:
    """The same file where the account has it, and when that was seen."""
    if declaration.digest is None:
        return None
    with database.transaction() as session:
        same = repository.find_same(session, account, declaration.digest, declaration.size)
        seen = (same, repository.now(session)) if same else None
    return seen if seen and intake.store(account).has(content(seen[0])) else None


def _again(
    session: Session, intake: Intake, seen: tuple[UploadRow, datetime], declaration: Declaration
) -> UploadRow:
    """Raises: FilesDiscarded, where the file is leaving the store."""
    same, when = seen
    discards.check(session, same.account_id, [content(same).digest], when)
    row = new_row(same.account_id, declaration)
    row.state, row.media_type = "complete", same.media_type
    write(session, intake, row)
    return row


def _do(and_then: AndThen | None, session: Session, row: UploadRow) -> None:
    if and_then:
        and_then(session, row)
