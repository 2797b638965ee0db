"""One service under one row of the table: a database, a bucket, workers and doors of its own."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import redis
from faulty_store import FaultyStore, faulty_store
from service import fresh_database
from sqlalchemy import select

from bench.chaos import ROOT, nap, traps
from bench.chaos.client import Client
from bench.chaos.servers import TEMPLATE, Servers
from bench.chaos.staff import Door, Staff, Terms
from bench.chaos.traps import Entry
from noteai.accounts.models import LOCAL, Account
from noteai.bootstrap import find_ffmpeg
from noteai.database import Database, DatabaseUnavailable
from noteai.jobs.journal import Journal
from noteai.jobs.models import TERMINAL, JobRow
from noteai.jobs.service import JobOrder, submit
from noteai.objects import Objects, objects_of
from noteai.servers.object_store import client as store_client
from noteai.settings import Settings
from noteai.uploads.models import UploadRow

LEASE, HEARTBEAT, SWEEP = 2.5, 0.5, 0.5
"""Seconds: a service whose patience is short."""
UPLOAD_LIFE = 30.0
_SILENT = Journal(lambda *_: None)
_LOOK = 0.05
_ANSWER = 60.0


@dataclass
class Scene:
    servers: Servers
    name: str
    terms: Terms
    chance: random.Random
    wrong: list[str] = field(default_factory=list)
    """Violations, in words."""
    jobs: dict[str, str] = field(default_factory=dict)
    """How each job stood at the last look."""
    may_fail: dict[str, frozenset[str]] = field(default_factory=dict)
    """Jobs that need not complete, each with the codes of failure or states that are right."""
    diary: list[Entry] = field(default_factory=list)
    _read: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.servers.mend()
        self.folder.mkdir()
        with closing(redis.Redis.from_url(self.servers.redis_url)) as broker:
            broker.flushall()
        url = fresh_database(self.servers.database_url, TEMPLATE)
        self.database_url = self._stack.enter_context(url)
        self.database = Database(self.database_url, pool=2)
        self._stack.callback(self.database.close)
        self.bucket = f"chaos-{self.name}-{self.folder.name[-6:]}"
        store_client(self.servers.store.address).create_bucket(Bucket=self.bucket)
        self.faulty = self._faulty()
        (self.folder / nap.FILM).write_bytes(film(self.servers.folder))
        self.staff = Staff(self.folder, self.environment, self.terms)
        self.until(lambda: self.is_ready, "workers and doors are ready", _ANSWER)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self.servers.mend()
        self._stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def folder(self) -> Path:
        return self.servers.folder / f"{self.name}-{uuid4().hex[:6]}"

    @property
    def cache(self) -> Path:
        return self.terms.scratch or self.folder / "cache"

    @cached_property
    def objects(self) -> Objects:
        """By the straight way."""
        return objects_of(self._settings(self._reached(self.servers.store.address.endpoint)))

    @cached_property
    def settings(self) -> Settings:
        return self._settings(self.environment)

    @cached_property
    def client(self) -> Client:
        return Client(lambda: [each.port for each in self.staff.doors if each.child.is_alive])

    @property
    def environment(self) -> dict[str, str]:
        """Of workers and doors."""
        faulty = self.faulty.address.endpoint if self.faulty else None
        found = self._reached(faulty or self.servers.store.address.endpoint)
        return found | ({traps.TRIPLE: "1"} if self.terms.triple else {})

    @property
    def is_ready(self) -> bool:
        return self.staff.are_ready and self.client.answers(self.terms.apis)

    def close(self) -> None:
        self.staff.leave()

    def look(self) -> None:
        """Keep the service staffed, and see how its jobs stand."""
        self.staff.keep()
        self._tail()
        try:
            with self.database.transaction() as session:
                rows = session.execute(select(JobRow.id, JobRow.state)).all()
        except DatabaseUnavailable:
            return
        self.jobs = {str(job): state for job, state in rows}

    def until(self, holds: Any, what: str, seconds: float = _ANSWER) -> bool:
        """Look until it is so; that it is not in time is a violation."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                self.wrong.append(f"in {seconds:.0f} s it was not so that {what}")
                return False
            self.pause(_LOOK)
        return True

    def pause(self, seconds: float) -> None:
        """Look, and let time pass."""
        end = time.monotonic() + seconds
        self.look()
        time.sleep(max(0.0, end - time.monotonic()))

    def has_ended(self, job: str) -> bool:
        return self.jobs.get(job) in TERMINAL

    @property
    def unended(self) -> int:
        return sum(state not in TERMINAL for state in self.jobs.values())

    def submit(
        self,
        lay: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        account: UUID = LOCAL,
        upload: UploadRow | None = None,
    ) -> str:
        """A job with a recording of its own; `lay` are its traps, by `stage.moment`."""
        upload = upload or self.upload(account)
        order = JobOrder(upload_id=upload.id, title="A nap", params=params or {})
        with self.database.transaction() as session:
            job = submit(session, _SILENT, account, order, nap.WORKFLOWS).id
            for where, act in (lay or {}).items():
                stage, _, moment = where.partition(".")
                traps.lay(self.folder, job, stage, moment, act)
        self.jobs[str(job)] = "queued"
        return str(job)

    def upload(self, account: UUID = LOCAL) -> UploadRow:
        """A recording of its own that has come."""
        row = self._upload(account)
        with self.database.transaction() as session:
            session.add(row)
        return row

    def hand_in(self, own: Mapping[str, str]) -> str | None:
        """A job by the API: its id, or None where no door took it in time."""
        return self.order(str(self.upload().id), own, insist=True)

    def order(
        self, upload: str, own: Mapping[str, str], *, port: int | None = None, insist: bool = False
    ) -> str | None:
        """What a door answers that is asked for a job; who insists asks the next, and again."""
        said: dict[str, Any] = {"json": {"upload_id": upload}, "headers": dict(own)}
        if insist:
            answer = self.client.insist("POST", "/jobs", self.pause, **said)
        else:
            answer = self.client.ask("POST", "/jobs", port=port, **said)
        if answer is None or answer.status_code >= 300:
            return None
        job = str(answer.json()["id"])
        self.jobs.setdefault(job, "queued")
        return job

    @property
    def open_doors(self) -> list[Door]:
        return [each for each in self.staff.doors if self.client.is_open(each.port)]

    def account(self) -> UUID:
        row = Account(id=uuid4(), name="another")
        with self.database.transaction() as session:
            session.add(row)
        return row.id

    def entries(self, what: str, job: str = "", stage: str = "") -> list[Entry]:
        return [
            each
            for each in self.diary
            if each.what.startswith(what) and job in ("", each.job) and stage in ("", each.stage)
        ]

    def _upload(self, account: UUID) -> UploadRow:
        from uploading import LECTURE

        recording = self.folder / f"upload-{uuid4().hex}"
        recording.write_bytes(LECTURE + recording.name.encode())
        ref = self.objects.store(account).put(recording, "video/mp4")
        recording.unlink()
        with self.database.transaction() as session:
            from noteai.uploads import repository

            now = repository.now(session)
        return UploadRow(
            id=uuid4(), account_id=account, name="nap.mp4", media_type=ref.media_type,
            size=ref.size, digest=ref.digest, state="complete", part_size=8 << 20,
            expires_at=now + timedelta(days=1), completed_at=now,
        )  # fmt: skip

    def _reached(self, endpoint: str) -> dict[str, str]:
        address = self.servers.store.address
        paths = (str(ROOT), str(ROOT / "backend"), os.environ.get("PYTHONPATH", ""))
        return {
            "NOTEAI_DATABASE_URL": self.database_url,
            "NOTEAI_REDIS_URL": self.servers.redis_url,
            "NOTEAI_S3_ENDPOINT": endpoint,
            "NOTEAI_S3_ACCESS_KEY": address.access_key,
            "NOTEAI_S3_SECRET_KEY": address.secret_key,
            "NOTEAI_S3_REGION": address.region,
            "NOTEAI_S3_BUCKET": self.bucket,
            "NOTEAI_CACHE_DIR": str(self.cache),
            "NOTEAI_LOG_LEVEL": "info",
            "NOTEAI_SERVICE__LEASE": str(LEASE),
            "NOTEAI_SERVICE__HEARTBEAT": str(HEARTBEAT),
            "NOTEAI_SERVICE__SWEEP": str(SWEEP),
            "NOTEAI_SERVICE__ATTEMPTS": str(self.terms.attempts),
            "NOTEAI_SERVICE__UPLOAD_LIFE": str(UPLOAD_LIFE),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            traps.FOLDER: str(self.folder),
        }

    def _settings(self, environment: Mapping[str, str]) -> Settings:
        flat = {
            name.removeprefix("NOTEAI_").lower(): value
            for name, value in environment.items()
            if name.startswith("NOTEAI_") and "__" not in name
        }
        service = {"upload_life": UPLOAD_LIFE, "lease": LEASE, "attempts": self.terms.attempts}
        return Settings.model_validate({**flat, "service": service})

    def _faulty(self) -> FaultyStore | None:
        if not self.terms.faulty:
            return None
        return self._stack.enter_context(faulty_store(self.servers.store.address))

    def _tail(self) -> None:
        path = self.folder / "diary"
        if not path.exists():
            return
        with path.open() as file:
            file.seek(self._read)
            for line in iter(file.readline, ""):
                if not line.endswith("\n"):
                    break
                self._read += len(line)
                self.diary.append(traps.read(line))


def film(folder: Path) -> bytes:
    """Half a second of grey, made once."""
    path = folder / nap.FILM
    if not path.exists():
        shown = ("-f", "lavfi", "-i", "color=s=64x36:r=10:d=0.5", "-pix_fmt", "yuv420p")
        subprocess.run(
            [find_ffmpeg().program, "-v", "error", *shown, "-c:v", "libx264", str(path)], check=True
        )
    return path.read_bytes()
