"""A door with nothing behind it but streams, and a job that the test itself moves on."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import redis
import uvicorn
from fastapi import FastAPI
from sqlalchemy import insert
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from noteai.accounts.models import LOCAL, Account
from noteai.adapters.redis_events import RedisPublisher
from noteai.api import errors
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.jobs.models import JobRow, StageRow
from noteai.live import endpoints
from noteai.live.stream import Limits, Live
from noteai.settings import ServiceSettings
from noteai.uploads.models import UploadRow
from noteai.workflows import HIGHLIGHTS, WORKFLOWS

PATIENCE = 20.0
QUICK = Limits(poll=0.2, ping=5.0, room=16)
STAGE = "recording"
SERVICE = ServiceSettings(allowed_origins="https://app.example.org, https://two.example.org")
OTHERS = [each for each in HIGHLIGHTS.names if each != STAGE]


def eventually(holds: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


@dataclass
class Door:
    """A server of streams."""

    database: Database
    redis_url: str
    port: int
    live: Live
    journal: Journal
    quiet: Journal = field(default_factory=lambda: Journal(lambda job, message: None))

    def socket(self, job: UUID | str, query: str = "", **options: Any) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.port}/api/v1/ws/{job}{query}"
        return connect(address, open_timeout=PATIENCE, **options)

    def job(self, account: UUID = LOCAL) -> UUID:
        """A job that has been accepted, and nothing more."""
        job, upload = uuid4(), uuid4()
        with self.database.transaction() as session:
            if session.get(Account, account) is None:
                session.add(Account(id=account, name="somebody else"))
            session.flush()
            session.add(
                UploadRow(
                    id=upload, account_id=account, name="a", media_type="video/mp4", size=1,
                    part_size=1, expires_at=datetime.now(UTC), state="complete",
                )
            )  # fmt: skip
            session.flush()
            row = {
                "id": job,
                "account_id": account,
                "upload_id": upload,
                "title": "a",
                "duration": 60.0,
            }
            session.add(JobRow(**row, workflow="highlights", without=OTHERS, given={"Upload": {}}))
            session.flush()
            stage = {"job_id": job, "stage": STAGE, "position": 0, "queue": "media"}
            session.execute(insert(StageRow).values(**stage))
        return job

    def tell(self, job: UUID, kind: str, *, heard: bool = True, **body: Any) -> int:
        """What a worker does; `heard` where Redis passes it on."""
        changes = {"state": "completed"} if kind == "job_ended" else {}
        journal = self.journal if heard else self.quiet
        with self.database.transaction() as session:
            return journal.tell(session, job, kind, body, changes=changes)

    def progress(self, job: UUID, stage: str = STAGE, **body: Any) -> int:
        return self.tell(job, "stage_progressed", stage=stage, stage_fraction=0.5, **body)

    def subscribed(self, job: UUID) -> bool:
        with closing(redis.Redis.from_url(self.redis_url)) as client:
            counts: Any = client.pubsub_numsub(f"job_progress:{job}")
            return bool(counts[0][1])

    def readers(self, job: UUID) -> int:
        return len(self.live.hub._watches.get(job, ()))


@contextmanager
def serving(database: Database, redis_url: str, limits: Limits) -> Iterator[Door]:
    live = Live(
        database, redis_url, lambda job: ((STAGE,),), lambda session, job: {STAGE: 10.0}, limits
    )
    journal = Journal(RedisPublisher(redis_url))
    app = FastAPI()
    app.include_router(endpoints.router, prefix="/api/v1")
    errors.install(app)
    app.state.live = live
    app.state.services = SimpleNamespace(
        database=database, journal=journal, workflows=WORKFLOWS, service=SERVICE
    )
    config = uvicorn.Config(
        app, port=0, log_config=None, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Door(database, redis_url, port, live, journal)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def received(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """What is said until it is closed, without pings."""
    with suppress(ConnectionClosed):
        while True:
            yield next_of(socket)


def next_of(socket: ClientConnection) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(socket.recv(PATIENCE))
        if message["type"] != "ping":
            return message
