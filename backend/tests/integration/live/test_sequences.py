"""The numbers of newest events, asked by many at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from jobbing import Office
from statements import counted

from noteai.accounts.models import LOCAL
from noteai.database import Database, DatabaseUnavailable
from noteai.jobs.errors import JobNotFound
from noteai.live.sequences import Sequences


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def away() -> Iterator[Database]:
    with closing(Database("postgresql+psycopg2://nobody@127.0.0.1:9/none")) as made:
        yield made


def test_many_who_ask_at_a_time_are_answered_by_few_statements(office: Office) -> None:
    jobs = [office.submit() for _ in range(3)]
    office.claimed(jobs[0], "first")

    async def ask() -> list[int]:
        sequences = Sequences(office.database)
        return await asyncio.gather(*(sequences.newest(LOCAL, job) for job in jobs * 50))

    with counted(office.database) as seen:
        found = asyncio.run(ask())
    assert found == [office.job(job).last_seq for job in jobs] * 50
    assert found[0] > found[1]
    assert len(seen) == 1


def test_who_asks_during_a_statement_is_answered_by_a_later_one(office: Office) -> None:
    """What was read before the question is no answer to it."""
    job = office.submit()

    async def ask() -> tuple[int, int]:
        sequences = Sequences(office.database)
        first = asyncio.create_task(sequences.newest(LOCAL, job))
        for _ in range(3):  # until the first statement is under way in its thread
            await asyncio.sleep(0)
        assert not sequences._waiting
        office.claimed(job, "first")  # holds the loop: the first answer cannot come before it
        return await asyncio.gather(first, sequences.newest(LOCAL, job))

    _, second = asyncio.run(ask())
    assert second == office.job(job).last_seq


def test_one_that_is_not_there_spoils_no_other_answer(office: Office) -> None:
    job = office.submit()

    async def ask() -> list[int | BaseException]:
        sequences = Sequences(office.database)
        asked = [(LOCAL, job), (LOCAL, uuid4()), (uuid4(), job)]
        return await asyncio.gather(
            *(sequences.newest(*each) for each in asked), return_exceptions=True
        )

    number, unknown, foreign = asyncio.run(ask())
    assert number == office.job(job).last_seq
    assert isinstance(unknown, JobNotFound)
    assert isinstance(foreign, JobNotFound)


def test_who_gives_up_takes_nobody_along(office: Office) -> None:
    job = office.submit()

    async def ask() -> int:
        sequences = Sequences(office.database)
        leaving, staying = (asyncio.create_task(sequences.newest(LOCAL, job)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(ask()) == office.job(job).last_seq


def test_a_database_that_is_away_is_said_to_all_and_asked_again(away: Database) -> None:
    async def ask() -> list[int | BaseException]:
        sequences = Sequences(away)
        found = []
        for _ in range(2):
            asked = (sequences.newest(LOCAL, uuid4()) for _ in range(3))
            found += await asyncio.gather(*asked, return_exceptions=True)
        return found

    found = asyncio.run(ask())
    assert len(found) == 6
    assert all(isinstance(each, DatabaseUnavailable) for each in found)
