"""The checker finds what is wrong: each violation is planted in a job with which all is well."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from invariants import (
    check,
    check_clips,
    check_keys,
    check_objects,
    check_processes,
    check_scratch,
)
from sqlalchemy import delete, update

from noteai.accounts.models import LOCAL
from noteai.adapters.s3_store import S3Store
from noteai.database import Database
from noteai.engine.artifact import FileRef
from noteai.jobs.models import EventRow, JobRow, OutboxRow, StageRow
from noteai.results.models import ClipRow
from noteai.servers.object_store import StoreAddress
from noteai.servers.object_store import client as store_client
from noteai.uploads.models import UploadRow
from noteai.workflows import HIGHLIGHTS

WORKFLOWS = {"highlights": HIGHLIGHTS}
KINDS = ("video", "thumbnail", "srt", "vtt")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Whole:
    """A job with two clips whose every promise was kept."""

    database: Database
    store: S3Store
    folder: Path
    job: UUID = field(default_factory=uuid4)

    def make(self) -> None:
        upload = uuid4()
        clips = [self._clip(rank) for rank in (1, 2)]
        names = HIGHLIGHTS.names
        with self.database.transaction() as session:
            session.add(
                UploadRow(
                    id=upload, account_id=LOCAL, name="a", media_type="video/mp4", size=1,
                    part_size=1, expires_at=NOW, state="complete", digest="a" * 64,
                )
            )  # fmt: skip
            session.flush()
            session.add(
                JobRow(
                    id=self.job, account_id=LOCAL, upload_id=upload, title="a",
                    workflow="highlights", state="completed", fraction=1.0, ended_at=NOW,
                    last_seq=1 + 2 * len(names),
                )
            )  # fmt: skip
            session.flush()
            session.add_all(self._stage(name, clips) for name in names)
            session.add_all(self._events(names))
            session.add_all(
                ClipRow(
                    job_id=self.job, rank=each["rank"], start=0, end=1, title="a", topic="t0",
                    score=0, reasons=[], evidence={}, clip=each,
                )
                for each in clips
            )  # fmt: skip

    def wrong(self) -> list[str]:
        return [
            *check(self.database, WORKFLOWS),
            *check_clips(self.database, lambda _: self.store, self.folder, plays=_is_whole),
            *check_objects(self.database, lambda _: self.store),
        ]

    def change(self, row: type[JobRow | StageRow | EventRow | ClipRow], **values: Any) -> None:
        where = row.id if row is JobRow else row.job_id  # type: ignore[union-attr]
        chosen = {each: values.pop(each) for each in ("stage", "seq", "rank") if each in values}
        statement = update(row).where(where == self.job).values(**values)
        for name, value in chosen.items():
            statement = statement.where(getattr(row, name) == value)
        with self.database.transaction() as session:
            session.execute(statement.execution_options(synchronize_session=False))

    def body(self, seq: int, **facts: Any) -> None:
        with self.database.transaction() as session:
            row = session.get_one(EventRow, (self.job, seq))
            row.body = {**row.body, **facts}

    def put(self, content: bytes) -> FileRef:
        path = self.folder / uuid4().hex
        path.write_bytes(content)
        return self.store.put(path, "video/mp4")

    def _clip(self, rank: int) -> dict[str, Any]:
        files = {kind: self.put(f"{kind} {rank} whole".encode()) for kind in KINDS}
        return {"rank": rank, **{kind: ref.model_dump() for kind, ref in files.items()}}

    def _stage(self, name: str, clips: list[dict[str, Any]]) -> StageRow:
        output: dict[str, Any] = {}
        files: list[Any] = []
        if name == "segments":
            output = {"highlights": [{"rank": each["rank"]} for each in clips]}
        if name == "clips":
            output = {"clips": clips}
            files = [each[kind] for each in clips for kind in KINDS]
        return StageRow(
            job_id=self.job, stage=name, position=HIGHLIGHTS.names.index(name), queue="media",
            state="done", attempt=1, ended_at=NOW, manifest={"output": output, "files": files},
        )  # fmt: skip

    def _events(self, names: tuple[str, ...]) -> list[EventRow]:
        told = [(kind, name) for name in names for kind in ("stage_started", "stage_done")]
        rows = [
            EventRow(
                job_id=self.job, seq=seq, account_id=LOCAL, kind=kind,
                body={"stage": name, "fraction": min(0.9, seq / 20), "attempt": 1},
            )
            for seq, (kind, name) in enumerate(told, 1)
        ]  # fmt: skip
        end = {"fraction": 1.0}
        last = EventRow(
            job_id=self.job, seq=len(rows) + 1, account_id=LOCAL, kind="job_ended", body=end
        )
        return [*rows, last]


def _is_whole(path: Path) -> bool:
    return path.read_bytes().endswith(b"whole")


@pytest.fixture
def whole(database: Database, object_store: StoreAddress, bucket: str, tmp_path: Path) -> Whole:
    store = S3Store(store_client(object_store), bucket, f"accounts/{LOCAL}/")
    made = Whole(database, store, tmp_path)
    made.make()
    return made


def _tell_twice(whole: Whole) -> None:
    whole.change(EventRow, seq=3, kind="stage_done")
    whole.body(3, stage="recording")


def _forget_an_event(whole: Whole) -> None:
    with whole.database.transaction() as session:
        session.execute(delete(EventRow).where(EventRow.job_id == whole.job, EventRow.seq == 4))


def _leave_a_wake_up(whole: Whole) -> None:
    with whole.database.transaction() as session:
        session.add(OutboxRow(job_id=whole.job, stages=["clips"]))


def _lose_a_clip(whole: Whole) -> None:
    with whole.database.transaction() as session:
        session.execute(delete(ClipRow).where(ClipRow.job_id == whole.job, ClipRow.rank == 2))


def _video(whole: Whole) -> FileRef:
    with whole.database.transaction() as session:
        return FileRef.model_validate(session.get_one(ClipRow, (whole.job, 1)).clip["video"])


def _lose_a_file(whole: Whole) -> None:
    whole.store.discard(_video(whole))


def _tear_a_file(whole: Whole) -> None:
    ref = _video(whole)
    whole.store.client.put_object(
        Bucket=whole.store.bucket, Key=whole.store.key(ref), Body=b"x" * ref.size
    )


def _show_what_does_not_play(whole: Whole) -> None:
    torn = whole.put(b"video 1 torn").model_dump()
    with whole.database.transaction() as session:
        row = session.get_one(ClipRow, (whole.job, 1))
        row.clip = {**row.clip, "video": torn}


def _leave_parts(whole: Whole) -> None:
    key = f"{whole.store.prefix}uploads/{uuid4()}"
    whole.store.client.create_multipart_upload(Bucket=whole.store.bucket, Key=key)


PLANTED: dict[str, Callable[[Whole], object]] = {
    "has not ended": lambda whole: whole.change(JobRow, state="running"),
    "ended at no time": lambda whole: whole.change(JobRow, ended_at=None),
    "its last stage is failed": lambda whole: whole.change(StageRow, stage="clips", state="failed"),
    "completed at 50%": lambda whole: whole.change(JobRow, fraction=0.5),
    "ended with stage layout running": lambda whole: whole.change(
        StageRow, stage="layout", state="running"
    ),
    "is done and was told done 2 times": _tell_twice,
    "without an end or with a failure": lambda whole: whole.change(
        StageRow, stage="layout", ended_at=None
    ),
    "its events have gaps": _forget_an_event,
    "last_seq is 99": lambda whole: whole.change(JobRow, last_seq=99),
    "its progress fell": lambda whole: whole.body(5, fraction=0.95),
    "its end was told at": lambda whole: whole.change(EventRow, seq=3, kind="job_ended"),
    "was begun again after its end": lambda whole: whole.body(7, stage="recording"),
    "had ended": lambda whole: whole.body(3, stage="clips"),
    "wake-ups were never sent": _leave_a_wake_up,
    "was planned the clips [1, 2], made [1, 2] and shows [1]": _lose_a_clip,
    "did not complete and has the clips": lambda whole: whole.change(JobRow, state="cancelled"),
    "cannot be had: FileGone": _lose_a_file,
    "cannot be had: FileAltered": _tear_a_file,
    "does not play": _show_what_does_not_play,
    "the parts of": _leave_parts,
    "belongs to nothing": lambda whole: whole.put(b"nobody's"),
}


def test_nothing_is_wrong_with_a_job_that_kept_its_promises(whole: Whole) -> None:
    assert whole.wrong() == []


@pytest.mark.parametrize("said", PLANTED)
def test_a_planted_violation_is_found(whole: Whole, said: str) -> None:
    PLANTED[said](whole)
    assert any(said in each for each in whole.wrong()), whole.wrong()


def test_a_key_that_stays_in_redis_is_found(redis_url: str) -> None:
    with closing(redis.Redis.from_url(redis_url)) as client:
        client.lpush("noteai:media", "a message")
        client.set("noteai:passing", "1", ex=100)
        assert check_keys(redis_url, "noteai:") == []
        client.set("noteai:left", "1")
    assert check_keys(redis_url, "noteai:") == ["the key noteai:left is left in Redis"]


def test_scratch_folders_and_processes_that_stay_are_found(tmp_path: Path) -> None:
    mark = f"CHAOS_TEST={uuid4()}"
    assert (check_scratch(tmp_path), check_processes(mark)) == ([], [])
    (tmp_path / "7-left").mkdir()
    name, _, value = mark.partition("=")
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={**os.environ, name: value}
    )
    try:
        assert len(check_scratch(tmp_path)) == len(check_processes(mark)) == 1
    finally:
        child.kill()
        child.communicate()
