from collections.abc import Iterator

import pytest
from hooking import door
from jobbing import Office
from receiving import Hooks, Receiver, receiving
from starlette.testclient import TestClient

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


@pytest.fixture
def api(database: Database, redis_url: str) -> Iterator[TestClient]:
    with door(database, redis_url) as client:
        yield client


@pytest.fixture
def own(database: Database, redis_url: str) -> Iterator[TestClient]:
    """One that sends to this machine, too."""
    with door(database, redis_url, webhooks_to_private=True) as client:
        yield client
