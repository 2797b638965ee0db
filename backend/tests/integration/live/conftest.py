from collections.abc import Iterator

import pytest
from live_door import QUICK, Door, serving

from noteai.database import Database


@pytest.fixture
def door(database: Database, redis_url: str) -> Iterator[Door]:
    with serving(database, redis_url, QUICK) as opened:
        yield opened
