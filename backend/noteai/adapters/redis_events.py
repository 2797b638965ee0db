"""Events to whoever listens right now, by Redis. Losing one costs a moment, never the truth."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unconnected
from redis.exceptions import RedisError
from redis.retry import Retry

from noteai import telemetry

_PATIENCE = 0.3
_PAUSE = 1.0


def channel(job: UUID) -> str:
    return f"job_progress:{job}"


class RedisPublisher:
    """Publishes events of a job, in order. It never raises, and blocks for less than a second.

    After a failure it says nothing for a second, so that a Redis that is down slows nobody.
    """

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 1),  # a connection that was closed since it was last used
            retry_on_error=[Unconnected],
        )
        self._silent_until = 0.0

    def __call__(self, job_id: UUID, messages: Sequence[Mapping[str, Any]]) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            with self._redis.pipeline(transaction=False) as line:
                for message in messages:
                    line.publish(channel(job_id), json.dumps(message, default=str))
                line.execute()
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + _PAUSE
            telemetry.logger().warning("event_unpublished", reason=type(error).__name__)

    def close(self) -> None:
        self._redis.close()
