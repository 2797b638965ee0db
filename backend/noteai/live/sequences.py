"""The numbers of jobs' newest events, asked by many at a time and answered by few statements."""

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

from anyio import to_thread
from sqlalchemy import select, tuple_

from noteai.database import Database
from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import JobRow

Asked = tuple[UUID, UUID]
"""An account and its job."""


class Sequences:
    """Who asks while a statement is under way is answered by the next, together with all others
    who do: each answer was read after its question came. Belongs to one event loop.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[Asked, asyncio.Future[int]] = {}
        self._turns: asyncio.Task[None] | None = None

    async def newest(self, account: UUID, job: UUID) -> int:
        """Raises: JobNotFound, DatabaseUnavailable."""
        asked = (account, job)
        if asked not in self._waiting:
            self._waiting[asked] = asyncio.get_running_loop().create_future()
        answer = self._waiting[asked]
        if self._turns is None or self._turns.done():
            self._turns = asyncio.create_task(self._take_turns())
        return await asyncio.shield(answer)

    async def _take_turns(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            try:
                found = await to_thread.run_sync(self._read, tuple(waiting))
            except Exception as error:  # noqa: BLE001 - it is theirs who asked
                _answer(waiting, {}, error)
            else:
                _answer(waiting, found, JobNotFound())

    def _read(self, asked: Iterable[Asked]) -> Mapping[Asked, int]:
        query = select(JobRow.account_id, JobRow.id, JobRow.last_seq)
        mine = tuple_(JobRow.account_id, JobRow.id).in_(asked)
        with self._database.autocommit() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query.where(mine))}


def _answer(
    waiting: Mapping[Asked, asyncio.Future[int]], found: Mapping[Asked, int], otherwise: Exception
) -> None:
    for asked, future in waiting.items():
        if future.done():
            continue
        if asked in found:
            future.set_result(found[asked])
        else:
            future.set_exception(otherwise)
