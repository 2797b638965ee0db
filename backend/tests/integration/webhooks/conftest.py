from collections.abc import Iterator

import pytest
from jobbing import Office
from receiving import Hooks, Receiver, receiving

from noteai.database import Database


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def hooks(database: Database) -> Hooks:
    return Hooks(database)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
