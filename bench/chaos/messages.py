"""Every message is delivered three times, and all of them once more when everything is done."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import redis

from bench.chaos.flow import Case, Wait, flow
from bench.chaos.scene import Scene
from bench.chaos.staff import Terms
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.worker.app import NEW, QUEUES
from noteai.worker.crew import PREFIX

_AT_ONCE = 12
_LIMIT = 300.0


def tripled(scene: Scene, times: int) -> list[Row]:
    well = flow(scene, (_job(scene) for _ in range(times)), _AT_ONCE, _LIMIT)
    began, sent = len(scene.entries("began")), _replay(scene)
    scene.until(lambda: not _waiting(scene), "the queues are empty", 120.0)
    scene.pause(2.0)
    done = len(scene.entries("done"))
    wasted = 100 * (len(scene.entries("began")) - done) / max(1, done)
    again = len(scene.entries("began")) - began
    note = f"{done} stages, {sent} messages three times each, {again} starts by the replay"
    return [
        Row("messages: jobs whose messages came three times", ON, well, times),
        Row("messages: wasted starts, %", ON, wasted, 1, "at most", note),
    ]


def _job(scene: Scene) -> Case:
    job = scene.submit()
    yield Wait(lambda: scene.has_ended(job), f"{job} ended")


def _replay(scene: Scene) -> int:
    """All messages as they were sent; how many."""
    lines = (scene.folder / "messages").read_text().splitlines()
    with closing(redis.Redis.from_url(scene.servers.redis_url)) as client:
        for line in lines:
            queue, _, body = line.split(" ", 2)
            client.lpush(f"{PREFIX}{queue}", body)
    return len(lines)


def _waiting(scene: Scene) -> int:
    with closing(redis.Redis.from_url(scene.servers.redis_url)) as client:
        lists = [f"{PREFIX}{each}{rest}" for each in QUEUES for rest in ("", f"\x06\x16{NEW}")]
        waiting: list[Any] = [client.llen(each) for each in lists]
    return sum(map(int, waiting))


def trials() -> Iterator[Trial]:
    yield Trial("messages", tripled, (300, 12), plainly(Terms(workers=2, triple=True)))
