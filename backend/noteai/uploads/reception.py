"""A file in one form, passed on to the store in parts: neither disk nor much memory is touched."""

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from anyio import CancelScope, to_thread

from noteai.adapters.s3_incoming import Part
from noteai.database import Database
from noteai.uploads.completion import complete
from noteai.uploads.errors import EmptyUpload
from noteai.uploads.form import Form
from noteai.uploads.models import UploadRow
from noteai.uploads.parts import Cut
from noteai.uploads.service import (
    Declaration,
    Intake,
    check_room,
    incoming_key,
    new_row,
    write,
)


@dataclass
class _Passage:
    """The parts of one file on their way. It has no row until all of them have arrived."""

    intake: Intake
    account: UUID
    part_size: int
    id: UUID = field(default_factory=uuid4)
    multipart: str = ""
    sent: list[Part] = field(default_factory=list)

    @property
    def key(self) -> str:
        return incoming_key(self.account, self.id)

    def send(self, form: Form) -> None:
        """The next part of what waits. Who calls holds none of it: a thread that was lent keeps
        what it was called with for a moment after it has answered, while the next part comes in.
        """
        body = form.take(self.part_size)
        self.multipart = self.multipart or self.intake.objects.begin(self.key)
        number = len(self.sent) + 1
        self.sent.append(self.intake.objects.send(self.key, self.multipart, number, body))

    def abort(self) -> None:
        if self.multipart:
            self.intake.objects.abort(self.key, self.multipart)


async def receive(
    body: AsyncIterable[bytes],
    content_type: str,
    database: Database,
    intake: Intake,
    account: UUID,
) -> UploadRow:
    """A complete upload from the body of a request.

    Raises:
        FormUnreadable, FormUnfit, BadName, EmptyUpload, UploadTooLarge, TooManyUploads
        UploadRefused: the file arrived and cannot be taken.
    """
    form = Form(content_type, intake.limits.max_size)
    await to_thread.run_sync(_check_room, database, intake, account)
    passage = _Passage(intake, account, Cut.of(intake.limits.max_size).part_size)
    try:
        await _pass_on(body, form, passage)
        await to_thread.run_sync(_write_down, database, form, passage)
    except BaseException:
        with CancelScope(shield=True):
            await to_thread.run_sync(passage.abort)
        raise
    return await to_thread.run_sync(
        complete, database, intake, account, passage.id, limiter=intake.verifiers
    )


async def _pass_on(body: AsyncIterable[bytes], form: Form, passage: _Passage) -> None:
    async for chunk in body:
        form.feed(chunk)
        while form.waiting >= passage.part_size:
            await to_thread.run_sync(passage.send, form)
    form.end()
    if form.size == 0:
        raise EmptyUpload
    if form.waiting:
        await to_thread.run_sync(passage.send, form)


def _check_room(database: Database, intake: Intake, account: UUID) -> None:
    with database.transaction() as session:
        check_room(session, account, intake.limits)


def _write_down(database: Database, form: Form, passage: _Passage) -> None:
    assert form.name is not None
    row = new_row(passage.account, Declaration(form.name, form.size, digest=form.digest))
    row.id, row.multipart_id = passage.id, passage.multipart
    row.part_size = passage.part_size
    with database.transaction() as session:
        write(session, passage.intake, row)
