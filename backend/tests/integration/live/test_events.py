import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import httpx2
from live_door import PATIENCE, QUICK, STAGE, Door, eventually, serving

from noteai.database import Database

Said = tuple[str, str | None, dict[str, Any]]
"""Kind, id and data."""


def address(door: Door, job: UUID | str) -> str:
    return f"http://127.0.0.1:{door.port}/api/v1/jobs/{job}/events"


@contextmanager
def following(door: Door, job: UUID, **options: Any) -> Iterator[httpx2.Response]:
    with httpx2.stream("GET", address(door, job), timeout=PATIENCE, **options) as response:
        yield response


@contextmanager
def deaf(door: Door, job: UUID) -> Iterator[None]:
    """A reader who asks and takes nothing, with little room in its socket."""
    with socket.socket() as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asking.connect(("127.0.0.1", door.port))
        path = address(door, job).partition(str(door.port))[2]
        asking.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        yield


def said(response: httpx2.Response) -> Iterator[Said]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield fields.get("event", ""), fields.get("id"), json.loads(fields["data"])
            fields = {}


def test_a_snapshot_and_then_each_event_until_the_end(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_queued")
    with following(door, job) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        messages = said(response)
        kind, number, snapshot = next(messages)
        assert (kind, number, snapshot["state"]) == ("snapshot", "1", "queued")
        door.progress(job, heard=False)
        door.tell(job, "job_ended")
        rest = list(messages)
    assert [(kind, number) for kind, number, _ in rest] == [("event", "2"), ("event", "3")]
    assert rest[-1][2]["kind"] == "job_ended"


def test_who_lost_the_connection_goes_on_where_it_was(door: Door) -> None:
    job = door.job()
    for _ in range(5):
        door.progress(job)
    door.tell(job, "job_ended")
    with following(door, job, headers={"Last-Event-ID": "3"}) as response:
        assert [number for _, number, _ in said(response)] == ["4", "5", "6"]
    with following(door, job, params={"last_seq": 4}) as response:
        assert [number for _, number, _ in said(response)] == ["5", "6"]


def test_who_has_seen_the_end_is_told_not_to_come_again(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_ended")
    answer = httpx2.get(address(door, job), headers={"Last-Event-ID": "1"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_unknown_and_foreign_jobs_are_the_same(door: Door) -> None:
    for job in (uuid4(), door.job(UUID(int=7))):
        answer = httpx2.get(address(door, job))
        assert answer.status_code == 404
        assert answer.json()["code"] == "job_not_found"


def test_an_id_that_is_none_is_refused(door: Door) -> None:
    answer = httpx2.get(address(door, door.job()), headers={"Last-Event-ID": "later"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_sequence_number")


def test_silence_is_kept_alive(database: Database, redis_url: str) -> None:
    often = replace(QUICK, ping=0.05)
    with serving(database, redis_url, often) as door, following(door, door.job()) as response:
        assert any(line == ": ping" for line in response.iter_lines())


def test_a_stream_lives_so_long_and_says_where_to_go_on(database: Database, redis_url: str) -> None:
    with serving(database, redis_url, replace(QUICK, life=0.3)) as door:
        job = door.job()
        door.progress(job)
        with following(door, job) as response:
            assert list(said(response))[-1][::2] == (
                "reconnect",
                {"type": "reconnect", "last_seq": 1},
            )


def test_a_reader_who_takes_nothing_is_left(database: Database, redis_url: str) -> None:
    impatient = replace(QUICK, stall=0.2, room=10_000)
    with serving(database, redis_url, impatient) as door:
        job = door.job()
        with deaf(door, job):
            eventually(lambda: door.readers(job) == 1)
            for _ in range(100):  # 20 MB: more than sockets hold
                door.tell(job, "stage_ready", stage=STAGE, much=token_hex(100_000))
            eventually(lambda: not door.readers(job))


def test_readers_that_leave_are_forgotten(door: Door) -> None:
    job = door.job()
    with following(door, job) as response:
        next(said(response))
    door.progress(job)
    eventually(lambda: not door.readers(job))


def test_both_ways_tell_the_same(door: Door) -> None:
    job = door.job()
    with door.socket(job) as by_web, following(door, job) as response:
        messages = said(response)
        by_socket = [json.loads(by_web.recv(PATIENCE))]
        by_events = [next(messages)[2]]
        telling = threading.Thread(target=_tell, args=(door, job))
        telling.start()
        by_events += [each for _, _, each in messages]
        by_socket += [json.loads(each) for each in by_web]
        telling.join()
    assert by_events[1:] == by_socket[1:]
    assert len(by_events) == 32


def _tell(door: Door, job: UUID) -> None:
    for number in range(30):
        door.progress(job, heard=bool(number % 3))
    door.tell(job, "job_ended")
