"""Messages that a Celery worker holds though nobody works on them.

A message is confirmed when its work is done. Where Redis does not answer at that moment, Celery
leaves it, and counts it for ever among those that it holds. Once it holds as many as it may, it
reads nothing more, not even that its connection has ended: it turns in a circle, deaf, until it
is started again (kombu 5.6.2, where `can_consume` stands before every read). What such a message
was about is in the database, and the sweeper sees to it.
"""

from typing import Any

from celery import bootsteps
from celery.worker import state
from kombu.transport.virtual import QoS

from noteai import telemetry

_LOOK = 1.0


class LettingGo(bootsteps.StartStopStep):  # type: ignore[misc]
    """Looks for such messages now and then, and lets go of those that it saw before."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._seen: set[str] = set()
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        """Also after each new connection, which has a channel of its own."""
        self._seen = set()
        self._timer = consumer.timer.call_repeatedly(_LOOK, self.look, (consumer,))

    def stop(self, consumer: Any) -> None:  # noqa: ARG002 - as Celery calls it
        if self._timer:
            self._timer.cancel()

    def look(self, consumer: Any) -> None:
        qos = consumer.task_consumer.channel.qos
        left = forgotten(qos, {each.message.delivery_tag for each in state.reserved_requests})
        for tag in left & self._seen:
            QoS.ack(qos, tag)  # Redis is told nothing, which may not be there
            telemetry.logger().warning("message_let_go", tag=tag)
        self._seen = left


def forgotten(qos: Any, at_work: set[str]) -> set[str]:
    """Tags of messages that were delivered, not confirmed, and are not worked on."""
    held = set(qos._delivered) - set(qos._dirty)  # noqa: SLF001 - kombu is pinned
    return held - at_work
