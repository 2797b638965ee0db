"""A job together with its upload: both are there afterwards, or neither."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.jobs import service
from noteai.jobs.graph import Workflows
from noteai.jobs.journal import Journal
from noteai.jobs.models import JobRow
from noteai.jobs.service import JobOrder
from noteai.uploads import repository as uploads
from noteai.uploads import views
from noteai.uploads.declaration import declare
from noteai.uploads.models import UploadRow
from noteai.uploads.schemas import UploadProgress
from noteai.uploads.service import Declaration, Intake, standing


class _Overtaken(Exception):
    """Another request with the same key was quicker: nothing of this one stays."""


def submit_with_upload(
    database: Database,
    intake: Intake,
    journal: Journal,
    account: UUID,
    order: JobOrder,
    declaration: Declaration,
    workflows: Workflows,
) -> tuple[JobRow, UploadProgress]:
    """The new job and its new upload, or those that the same request made before.

    `order` has the id of no upload yet. Opens its own transactions, none of which waits for the
    store.

    Raises: what `declare` and `submit` raise.
    """
    if found := _repeated(database, intake, account, order):
        return found
    service.checked(order, workflows)
    jobs: list[JobRow] = []

    def submit(session: Session, row: UploadRow) -> None:
        mine = replace(order, upload_id=row.id)
        jobs.append(service.submit(session, journal, account, mine, workflows))
        if jobs[-1].upload_id != row.id:
            raise _Overtaken

    try:
        row = declare(database, intake, account, declaration, submit)
    except _Overtaken:
        found = _repeated(database, intake, account, order)
        assert found is not None
        return found
    return jobs[-1], views.declared(intake, row)


def _repeated(
    database: Database, intake: Intake, account: UUID, order: JobOrder
) -> tuple[JobRow, UploadProgress] | None:
    """With what is still missing of the upload, and new URLs. Raises: IdempotencyConflict."""
    with database.transaction() as session:
        job = service.repeated(session, account, order)
        if job is None:
            return None
        row, now = uploads.get(session, account, job.upload_id), uploads.now(session)
    return job, views.progress(intake, row, standing(row, intake), now=now)
