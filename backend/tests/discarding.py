"""Jobs whose files come and go."""

from pathlib import Path
from uuid import UUID

from jobbing import Office, manifest
from sqlalchemy import select
from uploading import Desk

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import StoreUnavailable
from noteai.engine.artifact import FileRef
from noteai.engine.ports import Attempt
from noteai.uploads import discards
from noteai.uploads.models import DiscardRow


def made(desk: Desk, office: Office, path: Path, upload: UUID | None = None) -> UUID:
    """A job that has ended, of which the first stage has kept a file and its manifest."""
    job = office.submit(upload_id=upload) if upload else office.submit()
    finish(desk, office, office.claimed(job, "first"), desk.intake.store(LOCAL).put(path, "image"))
    office.change(job, state="cancelled")
    return job


def finish(desk: Desk, office: Office, attempt: Attempt, file: FileRef) -> None:
    whole = manifest("first", attempt.number).model_copy(update={"files": (file,)})
    desk.intake.store(LOCAL).save(whole)
    assert office.ledger().done(attempt, whole)


def delete(office: Office, job: UUID, after: float = 0.0, upload_life: float = 3600.0) -> None:
    office.delete(job, after=after, upload_life=upload_life)


def sweep(desk: Desk) -> int:
    return discards.remove_due(desk.database, desk.intake.store)


def left(desk: Desk) -> list[str]:
    """Digests that wait to be removed."""
    waiting = select(DiscardRow.digest).where(DiscardRow.removed_at.is_(None))
    with desk.database.transaction() as session:
        return list(session.scalars(waiting))


def away(**_: object) -> None:
    raise StoreUnavailable(reason="away")
