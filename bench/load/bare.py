"""What the service is compared with: `python -m bench.load.bare canvas|route ...`.

`canvas`: a Celery worker whose tasks do nothing. `route PORT`: FastAPI with one SELECT.
"""

import os
import sys
from typing import Any
from uuid import UUID

PREFIX = "bare:"
ENDED = "ended"
"""The list of the canvases that are done."""
STAGES = ("opened", "left", "middle", "right", "joined", "chosen", "made")


def app() -> Any:
    """A Celery app as its manual makes one: JSON, results in Redis, which a chord needs.

    Its sender listens for no result, for Celery's own way to do so can wait for itself for ever
    (`noteai.worker.tally`): the last task of a canvas says that it is done.
    """
    from celery import Celery

    url = os.environ["NOTEAI_REDIS_URL"]
    backend = f"noteai.worker.tally:Tally+{url}"
    made = Celery("bare", broker=url, backend=backend, set_as_current=False)
    made.conf.update(
        broker_transport_options={"global_keyprefix": PREFIX},
        result_backend_transport_options={"global_keyprefix": PREFIX},
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
    )

    @made.task(name="bare.stage")  # type: ignore[untyped-decorator]
    def stage(job: str, name: str) -> str:
        if name == STAGES[-1]:
            made.backend.client.lpush(ENDED, job)
        return "done"

    return made


def canvas(made: Any, job: str) -> Any:
    """The shape of the highlights: a task, three side by side, and three in a row."""
    from celery import chain, chord

    def sign(name: str) -> Any:
        return made.signature("bare.stage", args=(job, name), immutable=True)

    first, left, middle, right, joined, chosen, last = map(sign, STAGES)
    return chain(first, chord([left, middle, right], joined), chosen, last)


def work(concurrency: int) -> None:
    made = app()
    made.Worker(
        concurrency=concurrency, pool="prefork", quiet=True, without_mingle=True,
        without_gossip=True, without_heartbeat=True, loglevel="WARNING",
    ).start()  # fmt: skip


def route(port: int) -> None:
    import uvicorn
    from fastapi import FastAPI
    from sqlalchemy import create_engine, select

    from noteai import tables as _all_tables  # noqa: F401 - rows refer to those of other features
    from noteai.jobs.models import JOBS

    engine = create_engine(os.environ["NOTEAI_DATABASE_URL"])
    shown = FastAPI()

    @shown.get("/jobs/{job}")
    def get_job(job: UUID) -> dict[str, Any]:
        with engine.connect() as connection:
            query = select(JOBS.c.id, JOBS.c.title, JOBS.c.state, JOBS.c.fraction, JOBS.c.last_seq)
            return dict(connection.execute(query.where(JOBS.c.id == job)).mappings().one())

    uvicorn.run(shown, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    {"canvas": work, "route": route}[sys.argv[1]](int(sys.argv[2]))
