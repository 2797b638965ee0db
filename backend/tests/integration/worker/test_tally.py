"""Chords are counted in Redis, and nobody listens for what their parts give."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
import redis
from celery import Celery

from noteai.worker.app import make_app
from noteai.worker.canvas import sender, ways_of
from noteai.workflows import HIGHLIGHTS


@pytest.fixture
def app(redis_url: str) -> Iterator[Celery]:
    made = make_app(redis_url, "test:", 60.0)
    yield made
    made.backend.client.connection_pool.disconnect()
    made.close()


def test_whoever_sends_a_chord_listens_for_nothing(app: Celery, redis_url: str) -> None:
    send = sender(app, ways_of([HIGHLIGHTS]))
    with closing(redis.Redis.from_url(redis_url)) as client:
        client.config_resetstat()
        send(uuid4(), ["silence", "transcript", "layout"])
        assert sum(client.llen(f"test:{each}") for each in ("media", "speech", "vision")) == 3
        assert "cmdstat_subscribe" not in client.info("commandstats")
