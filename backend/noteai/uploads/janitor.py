"""Ends what was given up: uploads past their time, and what the store keeps for no one."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from noteai.adapters.s3_incoming import Stray
from noteai.database import Database
from noteai.errors import NoteAIError
from noteai.uploads import discards, repository
from noteai.uploads.completion import complete
from noteai.uploads.service import Intake, drop, forget

_BATCH = 100
_STUCK = timedelta(minutes=10)
"""After its declaration; an upload that is being verified is not disturbed."""


@dataclass(frozen=True)
class Tidied:
    expired: int = 0
    finished: int = 0
    unused: int = 0
    removed: int = 0


def tidy(
    database: Database,
    intake: Intake,
    *,
    stuck: timedelta = _STUCK,
    after: float = discards.GRACE,
) -> Tidied:
    """One round. Any number of processes may run it, at any time.

    Raises:
        DatabaseUnavailable, StoreUnavailable: the next round goes on.
    """
    return Tidied(
        expired=_expire(database, intake),
        finished=_finish(database, intake, stuck),
        unused=_drop_unused(database, after),
        removed=_remove_strays(database, intake),
    )


def _expire(database: Database, intake: Intake) -> int:
    with database.transaction() as session:
        rows = repository.take_expired(session, _BATCH)
        for row in rows:
            row.state = "expired"
            session.flush()
            intake.ended(session, row.id)
    for row in rows:
        forget(row, intake)
    return len(rows)


def _finish(database: Database, intake: Intake, stuck: timedelta) -> int:
    """Go on with what a process left that was killed while it verified."""
    with database.transaction() as session:
        rows = repository.find_stuck(session, _BATCH, stuck)
    ended = 0
    for row in rows:
        with suppress(NoteAIError):  # it is refused, waits again, or another is at it
            complete(database, intake, row.account_id, row.id, patience=0)
            ended += 1
    return ended


def _drop_unused(database: Database, after: float) -> int:
    """Complete uploads of which no job was made for a while, or none is left."""
    with database.transaction() as session:
        return drop(session, repository.take_unused(session, _BATCH), after)


def _remove_strays(database: Database, intake: Intake) -> int:
    """What the store has of uploads that have ended, and, once it is old, of no upload at all."""
    incoming, removed = _incoming(intake), 0
    while batch := list(islice(incoming, _BATCH)):
        removed += _remove(database, intake, batch)
    return removed


def _incoming(intake: Intake) -> Iterator[Stray]:
    yield from intake.objects.unfinished("accounts/")
    for folder in intake.objects.folders("accounts/"):
        yield from intake.objects.objects(f"{folder}uploads/")


def _remove(database: Database, intake: Intake, strays: Sequence[Stray]) -> int:
    owners = [_upload(stray.key) for stray in strays]
    with database.transaction() as session:
        states = repository.states(session, [each for each in owners if each])
    old = datetime.now(UTC) - timedelta(seconds=intake.limits.life)
    removed = 0
    for stray, owner in zip(strays, owners, strict=True):
        state = states.get(owner) if owner else None
        if state not in repository.UNFINISHED and (state or stray.since < old):
            intake.objects.discard(stray)
            removed += 1
    return removed


def _upload(key: str) -> UUID | None:
    try:
        return UUID(key.rsplit("/", 1)[-1])
    except ValueError:
        return None
