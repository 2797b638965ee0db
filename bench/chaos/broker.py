"""Redis is killed, with and without what it wrote, and emptied."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice, takewhile

import redis
from sqlalchemy import select

from bench.chaos.client import key
from bench.chaos.scene import Scene
from bench.chaos.servers import Servers
from bench.chaos.staff import Terms
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.jobs.models import JobRow

HARMS = ("killed", "killed without what it wrote", "FLUSHALL")
_LIMIT = 480.0


def harm(servers: Servers, how: str) -> None:
    if how == "FLUSHALL":
        with closing(redis.Redis.from_url(servers.redis_url)) as client:
            client.flushall()
        return
    servers.redis.kill()
    if how != HARMS[0]:
        servers.forget_messages()


def away(scene: Scene, times: int) -> list[Row]:
    """Each fault meets a job that is at work, and one that is handed in while it lasts."""
    wanted = list(islice(cycle(HARMS), times))
    scene.chance.shuffle(wanted)
    accepted, end = 0, time.monotonic() + _LIMIT
    for how in takewhile(lambda _: time.monotonic() < end, wanted):
        accepted += scene.hand_in(key()) is not None
        scene.pause(scene.chance.uniform(0.0, 0.5))
        harm(scene.servers, how)
        accepted += scene.hand_in(key()) is not None
        scene.pause(scene.chance.uniform(0.1, 0.6))
        scene.servers.redis.start()
        scene.pause(scene.chance.uniform(0.8, 1.8))
    scene.until(lambda: not scene.unended, "all jobs have ended", 90.0)
    slowest = max(delays(scene), default=0.0)
    measure = "redis: seconds from the acceptance of a job to its end, slowest"
    return [
        Row("redis: jobs accepted before and during the faults", ON, accepted, 2 * times),
        Row(measure, ON, slowest, 60, "at most", f"{times} faults, {times // 3} of each kind"),
    ]


def delays(scene: Scene) -> list[float]:
    query = select(JobRow.created_at, JobRow.ended_at).where(JobRow.ended_at.is_not(None))
    with scene.database.transaction() as session:
        rows = session.execute(query).all()
    return [(row.ended_at - row.created_at).total_seconds() for row in rows]


def trials() -> Iterator[Trial]:
    yield Trial("redis", away, (90, 6), plainly(Terms(workers=2, apis=1)))
