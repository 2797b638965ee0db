"""A worker lets go of messages that nobody works on, on a real channel of kombu's in memory."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker import state
from kombu import Connection, Queue

from noteai.worker.app import make_app
from noteai.worker.letting_go import LettingGo


@pytest.fixture
def channel() -> Iterator[Any]:
    """It may hold two messages, and has been given them."""
    with Connection("memory://") as connection:
        opened = connection.channel()
        queue = Queue("naps", channel=opened)
        queue.declare()
        opened.basic_qos(0, 2, False)
        producer = connection.Producer(opened)
        for number in range(2):
            producer.publish({"number": number}, routing_key="naps")
            assert queue.get()
        yield opened
        opened.qos._delivered.clear()  # else they are given back when Python ends
        opened.close()


def consumer(channel: Any) -> Any:
    return SimpleNamespace(task_consumer=SimpleNamespace(channel=channel))


def test_what_nobody_works_on_is_let_go_at_the_second_look(channel: Any) -> None:
    step, worker = LettingGo(consumer(channel)), consumer(channel)
    assert not channel.qos.can_consume()
    step.look(worker)
    assert not channel.qos.can_consume()
    step.look(worker)
    assert channel.qos.can_consume()


def test_what_somebody_works_on_is_held(channel: Any) -> None:
    step, worker = LettingGo(consumer(channel)), consumer(channel)
    requests = [_Request(tag) for tag in list(channel.qos._delivered)]
    for each in requests:
        state.reserved_requests.add(each)
    try:
        step.look(worker)
        step.look(worker)
        assert not channel.qos.can_consume()
    finally:
        for each in requests:
            state.reserved_requests.discard(each)


def test_every_worker_looks() -> None:
    assert LettingGo in make_app("redis://nowhere:1/0", "noteai:", 10.0).steps["consumer"]


class _Request:
    """What Celery knows of a message that is worked on."""

    def __init__(self, tag: str) -> None:
        self.message = SimpleNamespace(delivery_tag=tag)
