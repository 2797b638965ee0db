"""One job is followed through every process by its id, and no process tells a secret."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from crew import Site, wait_until
from planting import SEED, is_told
from sqlalchemy import select
from sqlalchemy.orm import undefer

from noteai.jobs.models import LogRow
from noteai.servers.process import free_port, is_listening

DOOR = Path(__file__).parents[2] / "api_door.py"
REQUEST = "from-a-proxy:1"


@dataclass
class Api:
    url: str
    log: Path


@contextmanager
def serving(site: Site) -> Iterator[Api]:
    """The API as a process of its own."""
    port, log = free_port(), site.folder / "api.log"
    with log.open("wb") as out:
        command = [sys.executable, str(DOOR), str(port)]
        process = subprocess.Popen(command, env=site._environment(), stdout=out, stderr=out)
    try:
        wait_until(lambda: is_listening(port), "the API listens")
        yield Api(f"http://127.0.0.1:{port}/api/v1", log)
    finally:
        process.terminate()
        process.wait()
        print(log.read_text())  # noqa: T201 - shown where a test fails


def lines(log: Path) -> list[dict[str, Any]]:
    """All that a process wrote: one object a line, and nothing else."""
    return [json.loads(each) for each in log.read_text().splitlines()]


def about(job: str, log: Path) -> dict[str, dict[str, Any]]:
    """The last line of each event."""
    return {each["event"]: each for each in lines(log) if each.get("job") == job}


def order(site: Site, **params: Any) -> dict[str, Any]:
    stages = ("first", "left", "middle", "right", "joined", "last")
    chosen = {name: {"diary": str(site.diary)} | params.get(name, {}) for name in stages}
    return {"upload_id": str(site._upload()), "workflow": "sleepy", "params": chosen}


def test_one_id_finds_all_that_was_done_for_a_job(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTEAI_LOG_FORMAT", "json")
    worker = site.hire()
    secret = f"/nowhere/password={SEED}"
    with serving(site) as api:
        asked = {"json": order(site, left={"diary": secret}), "headers": {"X-Request-ID": REQUEST}}
        answer = httpx2.post(f"{api.url}/jobs", **asked)
        job = answer.json()["id"]
        assert (answer.status_code, answer.headers["X-Request-ID"]) == (201, REQUEST)
        assert site.ended(UUID(job)).state == "completed"
        other = httpx2.get(f"{api.url}/jobs/{job}").headers["X-Request-ID"]

    said = about(job, api.log)
    assert {each["service"] for each in said.values()} == {"api"}
    assert said["job_queued"]["request"] == REQUEST
    seen = said["request_answered"]
    assert (seen["method"], seen["route"]) == ("GET", "/api/v1/jobs/{job_id}")
    assert (seen["status"], seen["request"]) == (200, other)
    (submission,) = [each for each in lines(api.log) if each.get("method") == "POST"]
    assert (submission["route"], submission["request"]) == ("/api/v1/jobs", REQUEST)

    wait_until(lambda: "job_ended" in about(job, worker.log), "its end is in the log")
    done = about(job, worker.log)
    assert {each["service"] for each in done.values()} == {"worker"}
    assert done["wake_up_sent"]["stages"] == ["first"]
    assert (done["stage_done"]["stage"], done["stage_done"]["attempt"]) == ("last", 1)
    broke = done["stage_broke"]
    assert (broke["stage"], broke["attempt"]) == ("left", 1)
    assert "FileNotFoundError" in broke["traceback"]

    wait_until(lambda: kept(site, job), "the line is kept")
    (row,) = kept(site, job)
    assert row.reference == broke["reference"]
    assert "password=***" in str(row.traceback)
    assert not is_told(f"{row.traceback} {row.fields} {worker.log.read_text()}")


def kept(site: Site, job: str) -> list[LogRow]:
    query = select(LogRow).where(LogRow.job_id == UUID(job)).options(undefer(LogRow.traceback))
    with site.database.transaction() as session:
        return list(session.scalars(query))
