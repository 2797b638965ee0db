"""Readers of jobs over WebSockets: `python -m bench.load.readers ADDRESS A_JOB IDLERS < JOBS`.

`A_JOB` sockets for each job of the list read to the end, and `IDLERS` take nothing. Says `ready`
when all are connected, and once all have ended prints what they saw, as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_PATIENCE = 120.0
_AT_ONCE = 50
"""Connections that are opened at a time."""


@dataclass
class Seen:
    late: list[float] = field(default_factory=list)
    """Seconds between telling and hearing."""
    ends: int = 0
    events: int = 0
    lost: int = 0
    """Sockets that were closed before the end of their job."""


async def read(socket: ClientConnection, seen: Seen) -> None:
    has_ended = False
    try:
        async for text in socket:
            has_ended = _hear(json.loads(text), seen) or has_ended
    except ConnectionClosed:
        pass
    seen.ends += has_ended
    seen.lost += not has_ended


def _hear(message: dict[str, Any], seen: Seen) -> bool:
    """Whether it is the end."""
    if told := message.get("told_at"):
        seen.events += 1
        seen.late.append(time.monotonic() - told)
    return bool(message.get("kind") == "job_ended")


async def follow(address: str, jobs: Sequence[str], a_job: int, idlers: int) -> Seen:
    seen, gate = Seen(), asyncio.Semaphore(_AT_ONCE)

    async def opened(job: str, **options: Any) -> ClientConnection:
        async with gate:
            return await connect(f"{address}/api/v1/ws/{job}", open_timeout=_PATIENCE, **options)

    wanted = [job for job in jobs for _ in range(a_job)]
    sockets = await asyncio.gather(*map(opened, wanted))
    silent = await asyncio.gather(
        *(opened(job, max_queue=1, ping_interval=None) for job in islice(cycle(jobs), idlers))
    )
    print("ready", flush=True)
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*(read(socket, seen) for socket in sockets))
    for each in silent:
        each.transport.abort()
    return seen


if __name__ == "__main__":
    address, a_job, idlers = sys.argv[1:]
    found = asyncio.run(follow(address, json.loads(sys.stdin.readline()), int(a_job), int(idlers)))
    print(json.dumps(found.__dict__))
