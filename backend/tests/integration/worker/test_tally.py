"""Chords are counted in Redis, and nobody listens for what their parts give."""

from contextlib import closing
from uuid import uuid4

import redis

from noteai.worker.app import make_app
from noteai.worker.canvas import queues_of, sender
from noteai.workflows import HIGHLIGHTS


def test_whoever_sends_a_chord_listens_for_nothing(redis_url: str) -> None:
    send = sender(make_app(redis_url, "test:", 60.0), queues_of([HIGHLIGHTS]))
    with closing(redis.Redis.from_url(redis_url)) as client:
        client.config_resetstat()
        send(uuid4(), ["silence", "transcript", "layout"])
        assert sum(client.llen(f"test:{each}") for each in ("media", "speech", "vision")) == 3
        assert "cmdstat_subscribe" not in client.info("commandstats")
