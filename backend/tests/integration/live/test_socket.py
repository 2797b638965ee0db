import json
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from live_door import PATIENCE, QUICK, STAGE, Door, eventually, next_of, received, serving
from sqlalchemy import delete, update
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from noteai.database import Database
from noteai.jobs.models import JobRow, StageRow
from noteai.live.errors import Code

STRANGER = UUID(int=7)


def close_code(socket: ClientConnection) -> int:
    with suppress(ConnectionClosed):
        while True:
            socket.recv(PATIENCE)
    assert socket.close_code is not None
    return socket.close_code


def numbers(messages: list[dict[str, Any]]) -> list[int]:
    return [each["seq"] for each in messages]


def test_a_snapshot_and_then_each_event_until_the_end(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_queued")
    with door.socket(job) as socket:
        snapshot = next_of(socket)
        eventually(lambda: door.subscribed(job))
        door.tell(job, "stage_started", stage=STAGE)
        door.progress(job)
        door.tell(job, "stage_done", stage=STAGE)
        door.tell(job, "job_ended")
        events = list(received(socket))
    assert (snapshot["type"], snapshot["seq"], snapshot["state"]) == ("snapshot", 1, "queued")
    assert snapshot["eta"] == 10
    assert snapshot["stages"][0]["stage"] == STAGE
    assert numbers(events) == [2, 3, 4, 5]
    assert [each["kind"] for each in events][-1] == "job_ended"
    assert events[-1]["state"] == "completed"
    assert events[-2]["eta"] == 0
    assert socket.close_code == Code.FINISHED


def test_a_job_that_has_ended_is_told_at_once(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_queued")
    door.tell(job, "job_ended")
    with door.socket(job) as socket:
        said = list(received(socket))
    assert [each["type"] for each in said] == ["snapshot", "event"]
    assert said[1]["kind"] == "job_ended"
    assert socket.close_code == Code.FINISHED


def test_events_after_the_last_that_was_seen_are_replayed(door: Door) -> None:
    job = door.job()
    for _ in range(300):
        door.progress(job)
    door.tell(job, "job_ended")
    with door.socket(job, "?last_seq=4") as socket:
        events = list(received(socket))
    assert numbers(events) == list(range(5, 302))
    assert not any("skipped" in each for each in events)


def test_a_number_that_is_not_reached_yet_gets_a_snapshot(door: Door) -> None:
    job = door.job()
    with door.socket(job, "?last_seq=99") as socket:
        assert next_of(socket)["type"] == "snapshot"


def test_who_has_seen_the_end_is_told_nothing(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_ended")
    with door.socket(job, "?last_seq=1") as socket:
        assert list(received(socket)) == []
    assert socket.close_code == Code.FINISHED


def test_events_that_redis_lost_are_filled_in(door: Door) -> None:
    job = door.job()
    with door.socket(job) as socket:
        next_of(socket)
        eventually(lambda: door.subscribed(job))
        door.tell(job, "stage_started", stage=STAGE, heard=False)
        door.progress(job, heard=False)
        door.tell(job, "stage_done", stage=STAGE)
        door.tell(job, "job_ended", heard=False)
        assert numbers(list(received(socket))) == [1, 2, 3, 4]


def test_a_stream_without_redis_reaches_the_end(database: Database) -> None:
    with serving(database, "redis://127.0.0.1:1/0", QUICK) as door:
        job = door.job()
        with door.socket(job) as socket:
            assert next_of(socket)["type"] == "snapshot"
            door.progress(job)
            assert next_of(socket)["seq"] == 1
            door.tell(job, "job_ended")
            assert numbers(list(received(socket))) == [2]


def test_a_subscription_that_is_cut_heals(database: Database, redis_url: str) -> None:
    rarely = replace(QUICK, poll=3600)  # so that nothing but Redis brings news
    with serving(database, redis_url, rarely) as door:
        job = door.job()
        with door.socket(job) as socket, closing(redis.Redis.from_url(redis_url)) as client:
            next_of(socket)
            eventually(lambda: door.subscribed(job))
            client.client_kill_filter(_type="pubsub")
            door.progress(job)
            assert next_of(socket)["seq"] == 1
            eventually(lambda: door.subscribed(job))
            door.tell(job, "job_ended")
            assert numbers(list(received(socket))) == [2]


def test_nonsense_on_the_channel_is_passed_over(door: Door) -> None:
    job = door.job()
    with door.socket(job) as socket, closing(redis.Redis.from_url(door.redis_url)) as client:
        next_of(socket)
        eventually(lambda: door.subscribed(job))
        for nonsense in ("", "{", "[]", "7", '{"seq": "1"}', '{"seq": 1}', b"\xff"):
            client.publish(f"job_progress:{job}", nonsense)
        door.progress(job)
        door.tell(job, "job_ended")
        assert numbers(list(received(socket))) == [1, 2]


def test_many_readers_share_one_subscription(door: Door) -> None:
    jobs = [door.job() for _ in range(3)]
    with ExitStack() as stack, closing(redis.Redis.from_url(door.redis_url)) as client:
        sockets = [stack.enter_context(door.socket(job)) for job in jobs for _ in range(4)]
        for socket in sockets:
            next_of(socket)
        eventually(lambda: all(door.subscribed(job) for job in jobs))
        listening = client.client_list(_type="pubsub")
        assert len(listening) == 1
        for job in jobs:
            door.tell(job, "job_ended")
        assert [numbers(list(received(socket))) for socket in sockets] == [[1]] * len(sockets)
    eventually(lambda: not client.client_list(_type="pubsub"))


def test_a_slow_reader_is_left_and_the_others_get_everything(door: Door) -> None:
    job = door.job()
    with door.socket(job, max_queue=1) as slow, door.socket(job) as quick:
        assert next_of(quick)["type"] == "snapshot"
        eventually(lambda: door.subscribed(job))
        sent = 0
        while door.readers(job) == 2:
            sent = door.tell(job, "stage_ready", stage=STAGE, much=token_hex(100_000))
            assert next_of(quick)["seq"] == sent
            assert sent < 1000
        assert close_code(slow) == Code.TOO_SLOW
        last = door.tell(job, "job_ended")
        assert numbers(list(received(quick))) == [last]
        assert last == sent + 1


def test_a_reader_who_takes_nothing_is_left(database: Database, redis_url: str) -> None:
    impatient = replace(QUICK, stall=0.2, room=10_000)
    with serving(database, redis_url, impatient) as door:
        job = door.job()
        with door.socket(job, max_queue=1) as slow:
            eventually(lambda: door.subscribed(job))
            while door.readers(job):
                assert door.tell(job, "stage_ready", stage=STAGE, much=token_hex(100_000)) < 1000
            assert close_code(slow) == Code.TOO_SLOW


def test_a_reader_may_cancel_the_job(door: Door) -> None:
    job = door.job()
    with door.socket(job) as socket:
        next_of(socket)
        eventually(lambda: door.subscribed(job))
        socket.send(json.dumps({"type": "cancel"}))
        said = list(received(socket))
    events = [each for each in said if each["type"] == "event"]  # the end may overtake the answer
    assert [each["kind"] for each in events] == ["cancel_requested", "job_ended"]
    assert events[-1]["state"] == "cancelled"
    assert socket.close_code == Code.FINISHED


def test_a_cancel_is_answered(door: Door) -> None:
    job = door.job()
    with door.database.transaction() as session:
        session.execute(update(StageRow).where(StageRow.job_id == job).values(state="running"))
    with door.socket(job) as socket:
        next_of(socket)
        for _ in range(2):
            socket.send(json.dumps({"type": "cancel"}))
            said = iter(lambda: next_of(socket), {"type": "cancel_accepted"})
            assert all(each["type"] == "event" for each in said)
        door.tell(job, "job_ended")


def test_pings_are_answered_and_nonsense_is_not(door: Door) -> None:
    with door.socket(door.job()) as socket:
        next_of(socket)
        socket.send(json.dumps({"type": "ping"}))
        assert next_of(socket) == {"type": "pong"}
        for nonsense in (
            "",
            "{",
            "[]",
            '"ping"',
            '{"type": ["ping"]}',
            '{"type": "drop"}',
            "x" * 5000,
            b"\0\1",
        ):
            socket.send(nonsense)
            assert next_of(socket)["code"] == "message_unknown"


def test_readers_are_pinged_and_left_where_they_say_nothing(
    database: Database, redis_url: str
) -> None:
    with serving(database, redis_url, replace(QUICK, ping=0.1, idle=1.0)) as door:
        job = door.job()
        with door.socket(job) as talker, door.socket(job) as silent:
            for _ in range(15):
                while json.loads(talker.recv(PATIENCE))["type"] != "ping":
                    pass
                talker.send(json.dumps({"type": "pong"}))
            assert close_code(silent) == Code.IDLE
            assert door.readers(job) == 1


def test_a_stream_lives_so_long_and_says_where_to_go_on(database: Database, redis_url: str) -> None:
    with serving(database, redis_url, replace(QUICK, life=0.5)) as door:
        job = door.job()
        door.progress(job)
        with door.socket(job) as socket:
            said = list(received(socket))
    assert said[-1] == {"type": "reconnect", "last_seq": 1}
    assert socket.close_code == Code.RECONNECT


@pytest.mark.parametrize(
    "query", ["?last_seq=-1", "?last_seq=x", "?last_seq=", "?last_seq=9" + "9" * 30]
)
def test_a_number_that_is_none_is_refused(door: Door, query: str) -> None:
    with door.socket(door.job(), query) as socket:
        assert close_code(socket) == Code.BAD_REQUEST


def test_unknown_and_foreign_jobs_are_the_same(door: Door) -> None:
    for job in (uuid4(), "nonsense", door.job(STRANGER)):
        with door.socket(job) as socket:
            assert close_code(socket) == Code.NOT_FOUND
            assert socket.close_reason == "job_not_found"


def test_a_job_that_is_deleted_is_not_there_any_more(door: Door) -> None:
    job = door.job()
    with door.socket(job) as socket:
        next_of(socket)
        with door.database.transaction() as session:
            session.execute(delete(JobRow).where(JobRow.id == job))
        assert close_code(socket) == Code.NOT_FOUND


def test_nothing_is_left_of_readers_that_have_gone(door: Door) -> None:
    job = door.job()
    for _ in range(3):
        with door.socket(job) as socket:
            next_of(socket)
    eventually(lambda: not door.readers(job))
    eventually(lambda: not door.subscribed(job))


def test_a_job_that_is_tried_again_is_followed_beyond_its_first_end(door: Door) -> None:
    job = door.job()
    door.tell(job, "job_ended")
    door.tell(job, "stage_retried", stage=STAGE)
    door.tell(job, "job_ended")
    with door.socket(job, "?last_seq=0") as socket:
        assert numbers(list(received(socket))) == [1, 2, 3]
