"""How many parts of a chord have come in: all that is wanted of a result backend."""

from typing import Any

from celery.backends.redis import RedisBackend


class Tally(RedisBackend):  # type: ignore[misc]
    """Listens for no result, as nobody waits for one.

    Celery's own subscribes to each part of a chord that is sent, and unsubscribes when the object
    that stands for it is collected. Where that happens amid another subscription, the thread waits
    for a lock that it holds itself, and sends nothing any more (celery 5.6.3, redis 5.3.1).
    """

    def on_task_call(self, producer: Any, task_id: str) -> None:
        pass

    def add_pending_result(self, result: Any, **_options: Any) -> Any:
        return result

    def remove_pending_result(self, result: Any) -> Any:
        return result
