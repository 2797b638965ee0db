"""A publisher that harms nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from redis.exceptions import ConnectionError as Unconnected

from noteai.adapters import redis_events
from noteai.adapters.redis_events import RedisPublisher, channel

JOB = UUID(int=7)


class Line:
    """Stands where the client of Redis does, and its pipeline."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.tries = 0
        self.is_cut = False

    @contextmanager
    def pipeline(self, *, transaction: bool) -> Iterator["Line"]:
        assert not transaction
        self.waiting: list[tuple[str, str]] = []
        yield self

    def publish(self, name: str, text: str) -> None:
        self.waiting.append((name, text))

    def execute(self) -> None:
        self.tries += 1
        if self.is_cut:
            raise Unconnected
        self.said += self.waiting


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def publisher(line: Line) -> RedisPublisher:
    publisher = RedisPublisher("redis://nowhere:1/0")
    publisher._redis = line  # type: ignore[assignment]
    return publisher


def test_events_go_to_the_channel_of_their_job_at_once(
    publisher: RedisPublisher, line: Line
) -> None:
    publisher(JOB, [{"seq": 1, "kind": "job_started"}, {"seq": 2}])
    assert line.said == [
        (channel(JOB), '{"seq": 1, "kind": "job_started"}'),
        (channel(JOB), '{"seq": 2}'),
    ]
    assert line.tries == 1


def test_a_redis_that_is_away_is_not_an_error(publisher: RedisPublisher, line: Line) -> None:
    line.is_cut = True
    publisher(JOB, [{"seq": 1}])
    assert line.said == []


def test_after_a_failure_it_is_silent_for_a_while(publisher: RedisPublisher, line: Line) -> None:
    line.is_cut = True
    publisher(JOB, [{"seq": 1}])
    publisher(JOB, [{"seq": 2}])
    assert line.tries == 1


def test_and_then_speaks_again(
    publisher: RedisPublisher, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_events, "_PAUSE", 0.0)
    line.is_cut = True
    publisher(JOB, [{"seq": 1}])
    line.is_cut = False
    publisher(JOB, [{"seq": 2}])
    assert len(line.said) == 1
