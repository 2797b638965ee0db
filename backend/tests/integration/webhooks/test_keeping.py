"""Deliveries that are sent again, kept, and forgotten."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from receiving import AT_ONCE, Hooks, Receiver, documented, post, refuse, wait_of
from sqlalchemy import func
from structlog.testing import capture_logs

from noteai.accounts.models import LOCAL
from noteai.webhooks import courier, service
from noteai.webhooks.courier import deliver_next
from noteai.webhooks.models import DeliveryRow
from noteai.webhooks.patience import Patience
from noteai.webhooks.sending import Answer

USUAL = Patience()
DAY = timedelta(days=1)


def test_while_a_secret_is_changed_both_sign(hooks: Hooks, receiver: Receiver) -> None:
    hook = hooks.add(receiver.url())
    with hooks.database.transaction() as session:
        fresh = service.rotate(session, LOCAL, hook.id, None, overlap=3600).secret
    hooks.ping(hook)
    hooks.carry(post())
    hooks.set(hook, previous_until=datetime.now(UTC) - timedelta(seconds=1))
    hooks.ping(hook)
    hooks.carry(post())
    verify = documented()
    both, one = receiver.received
    assert verify(hook.secret, both.headers, both.body)
    assert verify(fresh, both.headers, both.body)
    assert verify(fresh, one.headers, one.body)
    assert not verify(hook.secret, one.headers, one.body)


def test_a_delivery_can_be_sent_again_after_what_waits(hooks: Hooks, receiver: Receiver) -> None:
    hook = hooks.add(receiver.url())
    first, second = hooks.ping(hook, 2)
    hooks.carry(post())
    (third,) = hooks.ping(hook)
    with hooks.database.transaction() as session:
        service.redeliver(session, LOCAL, hook.id, hooks.deliveries(hook)[0].id)
    hooks.carry(post())
    assert receiver.ids == [first, second, third, first]
    again = hooks.deliveries(hook)[-1]
    assert (str(again.id), again.state, len(again.attempts)) == (first, "delivered", 2)
    assert receiver.received[0].body == receiver.received[-1].body


def test_what_was_given_up_has_a_whole_day_again(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    hooks.set_all(hook, since=func.now() - DAY)
    deliver_next(hooks.database, refuse(500), USUAL)
    assert hooks.states(hook) == ["given_up"]
    with hooks.database.transaction() as session:
        service.redeliver(session, LOCAL, hook.id, hooks.deliveries(hook)[0].id)
    deliver_next(hooks.database, refuse(500), USUAL)
    assert hooks.states(hook) == ["pending"]
    assert wait_of(hooks, hook) < 7


def test_what_waits_is_tried_at_once_where_it_is_asked_for(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    deliver_next(hooks.database, refuse(500), USUAL)
    assert not deliver_next(hooks.database, refuse(200), USUAL)
    with hooks.database.transaction() as session:
        service.redeliver(session, LOCAL, hook.id, hooks.deliveries(hook)[0].id)
    assert deliver_next(hooks.database, refuse(200), USUAL)
    assert hooks.states(hook) == ["delivered"]


def test_a_defect_counts_as_a_failure_and_is_written_to_the_log(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)

    def broken(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        raise ZeroDivisionError

    with capture_logs() as lines:
        assert deliver_next(hooks.database, broken, USUAL)
    assert [each["event"] for each in lines] == ["webhook_broke"]
    (row,) = hooks.deliveries(hook)
    assert [each["error"] for each in row.attempts] == ["It could not be sent."]
    assert wait_of(hooks, hook) > 1


def test_of_attempts_without_end_the_newest_are_kept(hooks: Hooks) -> None:
    hook = hooks.add("http://127.0.0.1/")
    hooks.ping(hook)
    for status in range(500, 540):
        deliver_next(hooks.database, refuse(status), AT_ONCE)
    (row,) = hooks.deliveries(hook)
    assert [each["status"] for each in row.attempts] == list(range(510, 540))
    assert row.tries == 40


def test_old_deliveries_are_forgotten(hooks: Hooks, receiver: Receiver) -> None:
    hook = hooks.add(receiver.url())
    hooks.ping(hook, 3)
    deliver_next(hooks.database, post(), AT_ONCE)
    deliver_next(hooks.database, refuse(410), AT_ONCE)
    assert courier.tidy(hooks.database) == 0
    hooks.set_all(hook, created_at=func.now() - timedelta(days=30, seconds=1))
    assert courier.tidy(hooks.database) == 2
    assert hooks.states(hook) == ["pending"]


def test_what_waits_a_day_for_a_disabled_webhook_is_given_up(hooks: Hooks) -> None:
    on, off = hooks.add("http://127.0.0.1/"), hooks.add("http://127.0.0.1/")
    for hook in (on, off):
        hooks.ping(hook, 2)
        newest = hooks.deliveries(hook)[-1].id
        hooks.set_all(hook, since=func.now() - DAY)
        with hooks.database.transaction() as session:
            session.get_one(DeliveryRow, newest).since = func.now()
    hooks.set(off, is_enabled=False)
    courier.tidy(hooks.database)
    assert hooks.states(on) == ["pending"] * 2
    assert hooks.states(off) == ["given_up", "pending"]
