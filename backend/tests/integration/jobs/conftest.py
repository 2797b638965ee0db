import pytest
from jobbing import Office

from noteai.database import Database


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)
