"""How deliveries go out: in order, signed, again where they failed, and by several at a time."""

import json
import multiprocessing
import threading
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from jobbing import Office
from measuring import text_of, values
from prometheus_client import CollectorRegistry
from receiving import (
    AT_ONCE,
    Exchange,
    Hooks,
    Received,
    Receiver,
    die_after_sending,
    documented,
    post,
    receiving,
    refuse,
    wait_of,
)
from sqlalchemy import func, update
from structlog.testing import capture_logs

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.webhooks import courier, service
from noteai.webhooks.courier import claim, deliver_next, settle
from noteai.webhooks.models import WebhookRow
from noteai.webhooks.patience import Patience
from noteai.webhooks.sending import Answer

USUAL = Patience()
DAY = timedelta(days=1)


def let_lapse(hooks: Hooks, hook: WebhookRow) -> None:
    """The lease is over."""
    over = update(WebhookRow).where(WebhookRow.id == hook.id)
    with hooks.database.transaction() as session:
        session.execute(over.values(lease_until=func.now() - timedelta(seconds=1)))


def test_an_event_arrives_signed_and_is_written_down(
    office: Office, hooks: Hooks, receiver: Receiver
) -> None:
    hook = hooks.add(receiver.url("/a?b=c"))
    office.fail(office.submit(), "first")
    assert hooks.carry(post()) == 1
    (got,) = receiver.received
    (row,) = hooks.deliveries(hook)
    assert (got.path, got.id, got.body) == ("/a?b=c", str(row.id), row.body.encode())
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("NoteAI/")
    assert json.loads(got.body)["type"] == "job.failed"
    assert documented()(hook.secret, got.headers, got.body)
    (attempt,) = row.attempts
    assert (attempt["status"], attempt["error"], attempt["answer"]) == (200, None, "thanks")
    assert 0 < attempt["seconds"] < 10
    assert (row.state, row.tries) == ("delivered", 1)
    assert row.ended_at


def test_a_signature_holds_for_nothing_else(hooks: Hooks, receiver: Receiver) -> None:
    hook = hooks.add(receiver.url())
    hooks.ping(hook)
    hooks.carry(post())
    (got,) = receiver.received
    verify = documented()
    old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 301)}
    other = {**got.headers, "webhook-id": "another"}
    assert verify(hook.secret, got.headers, got.body)
    assert not verify(hook.secret, got.headers, got.body + b" ")
    assert not verify(hook.secret, other, got.body)
    assert not verify(hook.secret, old, got.body)
    assert not verify("whsec_" + b64encode(b"x" * 32).decode(), got.headers, got.body)


def test_a_delivery_that_failed_comes_again_the_same(hooks: Hooks, receiver: Receiver) -> None:
    answers = iter((500, 302, 404, 204))
    receiver.answer = lambda exchange, got: exchange.reply(next(answers), b"so it is")
    hook = hooks.add(receiver.url())
    hooks.ping(hook)
    assert hooks.carry(post()) == 4
    assert len({(each.id, each.body) for each in receiver.received}) == 1
    assert all(documented()(hook.secret, each.headers, each.body) for each in receiver.received)
    (row,) = hooks.deliveries(hook)
    assert [each["status"] for each in row.attempts] == [500, 302, 404, 204]
    assert [each["answer"] for each in row.attempts] == ["so it is"] * 3 + [""]
    assert row.state == "delivered"
    assert hooks.get(hook).failing_since is None


def test_it_waits_longer_after_each_failure(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    waits = []
    for _ in range(4):
        assert deliver_next(hooks.database, refuse(500), USUAL)
        assert not deliver_next(hooks.database, refuse(500), USUAL)
        waits.append(wait_of(hooks, hook))
        hooks.set_all(hook, due_at=func.now())
    for wait, pause in zip(waits, USUAL.pauses, strict=False):
        assert 0.8 * pause - 5 < wait <= 1.2 * pause
    assert hooks.get(hook).failing_since


def test_what_a_server_asks_for_is_heeded(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    deliver_next(hooks.database, refuse(503, retry_after="900"), USUAL)
    assert 890 < wait_of(hooks, hook) <= 900


def test_the_next_waits_until_the_one_before_it_has_arrived(
    hooks: Hooks, receiver: Receiver
) -> None:
    hook = hooks.add(receiver.url())
    first, second, third = hooks.ping(hook, 3)
    deliver_next(hooks.database, refuse(500), USUAL)
    assert hooks.carry(post()) == 0
    hooks.set_all(hook, due_at=func.now())
    assert hooks.carry(post()) == 3
    assert receiver.ids == [first, second, third]


def test_after_a_day_it_is_given_up_and_the_next_has_its_turn(
    hooks: Hooks, receiver: Receiver
) -> None:
    hook = hooks.add(receiver.url())
    _, second = hooks.ping(hook, 2)
    hooks.set_all(hook, since=func.now() - DAY)
    deliver_next(hooks.database, refuse(500), USUAL)
    assert hooks.states(hook) == ["given_up", "pending"]
    assert hooks.carry(post()) == 1
    assert receiver.ids == [second]
    assert hooks.states(hook) == ["given_up", "delivered"]


def test_a_server_that_is_gone_is_left_alone(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer = lambda exchange, got: exchange.reply(410)
    hook = hooks.add(receiver.url())
    hooks.ping(hook, 2)
    with capture_logs() as lines:
        assert hooks.carry(post()) == 1
    found = hooks.get(hook)
    assert (found.is_enabled, found.disabled_by) == (False, "gone")
    assert hooks.states(hook) == ["given_up", "pending"]
    assert [each["why"] for each in lines if each["event"] == "webhook_disabled"] == ["gone"]


def test_what_waited_goes_on_when_it_is_enabled_again(hooks: Hooks, receiver: Receiver) -> None:
    hook = hooks.add(receiver.url())
    hooks.ping(hook)
    hooks.set(hook, is_enabled=False)
    assert hooks.carry(post()) == 0
    with hooks.database.transaction() as session:
        service.change(session, LOCAL, hook.id, {"is_enabled": True})
    assert hooks.carry(post()) == 1


def test_a_webhook_without_a_success_for_five_days_is_disabled(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    long_ago = datetime.now(UTC) - 5 * DAY
    hooks.set(hook, failing_since=long_ago + timedelta(minutes=1))
    deliver_next(hooks.database, refuse(500), AT_ONCE)
    assert hooks.get(hook).is_enabled
    hooks.set(hook, failing_since=long_ago - timedelta(minutes=1))
    deliver_next(hooks.database, refuse(500), AT_ONCE)
    found = hooks.get(hook)
    assert (found.is_enabled, found.disabled_by) == (False, "failing")


def test_a_success_forgets_how_long_it_failed(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    hooks.set(hook, failing_since=datetime.now(UTC) - 9 * DAY)
    deliver_next(hooks.database, refuse(200), AT_ONCE)
    found = hooks.get(hook)
    assert (found.is_enabled, found.failing_since) == (True, None)


def test_a_slow_server_holds_up_no_other(hooks: Hooks, receiver: Receiver) -> None:
    asked, go = threading.Event(), threading.Event()

    def slowly(exchange: Exchange, got: Received) -> None:
        asked.set()
        go.wait(30)
        exchange.reply(200)

    with receiving(slowly) as slow:
        stuck, quick = hooks.add(slow.url()), hooks.add(receiver.url())
        hooks.ping(stuck, 2)
        hooks.ping(quick, 2)
        other = threading.Thread(target=deliver_next, args=(hooks.database, post(), AT_ONCE))
        other.start()
        try:
            assert asked.wait(30)
            assert hooks.carry(post()) == 2
            assert hooks.states(quick) == ["delivered"] * 2
            assert hooks.states(stuck) == ["pending"] * 2
        finally:
            go.set()
            other.join(30)
        assert hooks.states(stuck) == ["delivered", "pending"]
        assert hooks.carry(post()) == 1


def test_who_was_killed_before_it_could_write_that_down_has_it_sent_again(
    hooks: Hooks, receiver: Receiver, database_url: str
) -> None:
    hook = hooks.add(receiver.url())
    first, second = hooks.ping(hook, 2)
    spawned = multiprocessing.get_context("spawn").Process(
        target=die_after_sending, args=(database_url,)
    )
    spawned.start()
    spawned.join(60)
    assert spawned.exitcode == -9
    assert receiver.ids == [first]
    assert hooks.carry(post()) == 0, "the lease still holds"
    let_lapse(hooks, hook)
    assert hooks.carry(post()) == 2
    assert receiver.ids == [first, first, second]
    assert hooks.states(hook) == ["delivered"] * 2


def test_who_slept_past_the_lease_changes_nothing(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    with hooks.database.transaction() as session:
        sleeper = claim(session, 30.0)
    assert sleeper
    let_lapse(hooks, hook)
    deliver_next(hooks.database, refuse(200), AT_ONCE)
    with hooks.database.transaction() as session:
        assert not settle(session, sleeper, Answer(0.1, 500, "late"), AT_ONCE)
    (row,) = hooks.deliveries(hook)
    assert (row.state, [each["status"] for each in row.attempts]) == ("delivered", [200])
    assert hooks.get(hook).failing_since is None


def test_who_delivers_for_a_webhook_that_is_deleted_meanwhile_says_so(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)

    def deleting(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        with hooks.database.transaction() as session:
            service.delete(session, LOCAL, hook.id)
        return Answer(0.1, 200)

    with capture_logs() as lines:
        assert deliver_next(hooks.database, deleting, AT_ONCE)
    assert [each["event"] for each in lines] == ["webhook_lease_lost"]


@pytest.mark.parametrize("waiting", [1, 300])
def test_a_claim_reads_as_little_however_much_waits(
    hooks: Hooks, database: Database, waiting: int
) -> None:
    """What waits behind the first of a webhook is not looked at."""
    blocked = hooks.add("http://127.0.0.1/")
    hooks.ping(blocked, waiting)
    hooks.set_all(blocked, due_at=func.now() + DAY)
    with database.transaction() as session:
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING off) {courier._DUE}")
        lines = [row[0] for row in plan if "ix_webhook_deliveries_pending" in row[0]]
    assert len(lines) == 2
    assert all("rows=1.00" in each or "rows=0.00" in each for each in lines), lines


def test_nothing_due_is_nothing_done(hooks: Hooks) -> None:
    hooks.add("http://127.0.0.1/")
    assert not deliver_next(hooks.database, content_never, AT_ONCE)


def content_never(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    raise AssertionError


def test_what_comes_of_each_attempt_is_counted(
    hooks: Hooks, receiver: Receiver, measured: CollectorRegistry
) -> None:
    hook = hooks.add(receiver.url())
    for answer, wanted in (
        (Answer(status=200), {("delivered",): 1}),
        (Answer(status=500), {("delivered",): 1, ("failed",): 1}),
        (Answer(status=410), {("delivered",): 1, ("failed",): 1, ("given_up",): 1}),
    ):
        hooks.ping(hook)
        let_lapse(hooks, hook)
        with hooks.database.transaction() as session:
            parcel = claim(session, 60.0)
        assert parcel
        with hooks.database.transaction() as session:
            assert settle(session, parcel, answer, Patience(pauses=(0.0,)))
        assert values(text_of(measured), "noteai_webhook_deliveries_total", "outcome") == wanted
