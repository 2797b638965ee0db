"""What the store has and nobody knows of: left by attempts that died between object and row."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from noteai.database import Database
from noteai.uploads import discards
from noteai.uploads.service import Intake

AGE = timedelta(days=1)
"""Nothing younger is looked at: whoever made it may still write down that it did."""
_BATCH = 500
_ACCOUNTS = "accounts/"


def find_orphans(database: Database, intake: Intake, age: timedelta = AGE) -> int:
    """Have everything discarded that nothing refers to; how much it was.

    What is written down here is looked at once more before it is removed, so that any number of
    processes may do this at a time.

    Raises: DatabaseUnavailable, StoreUnavailable: the next round begins anew.
    """
    return sum(_of(database, intake, account, age) for account in _accounts(intake))


def _accounts(intake: Intake) -> Iterator[UUID]:
    for folder in intake.objects.folders(_ACCOUNTS):
        try:
            yield UUID(folder.removeprefix(_ACCOUNTS).rstrip("/"))
        except ValueError:
            continue  # not ours


def _of(database: Database, intake: Intake, account: UUID, age: timedelta) -> int:
    old = datetime.now(UTC) - age
    names = (name for name, since in intake.store(account).entries() if since < old)
    found = 0
    for batch in _batches(names):
        with database.transaction() as session:
            orphans = discards.unused(session, account, batch)
            discards.put_found(session, account, orphans)
        found += len(orphans)
    return found


def _batches(names: Iterable[str]) -> Iterator[set[str]]:
    waiting = iter(names)
    while batch := set(islice(waiting, _BATCH)):
        yield batch
