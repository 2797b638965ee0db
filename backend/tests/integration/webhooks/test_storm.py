"""Two hundred deliveries, servers that fail by chance, and two couriers at it."""

import random
import threading
from collections import Counter

from receiving import Exchange, Hooks, Received, Receiver, documented, receiving
from receiving import post as sending

from noteai.webhooks.courier import deliver_next
from noteai.webhooks.models import WebhookRow
from noteai.webhooks.patience import Patience

SEED = 20261121
QUICK = Patience(pauses=(0.001, 0.01))
COURIERS = 2
EACH = 100


class Moody:
    """Fails one request in four; notes what it was asked while it had not answered yet."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - it hides nothing
        self._at_work = threading.Lock()
        self.overlapping = 0
        self.taken: list[str] = []

    def __call__(self, exchange: Exchange, got: Received) -> None:
        if not self._at_work.acquire(blocking=False):
            self.overlapping += 1
            exchange.reply(500)
            return
        try:
            fate = self._chance.random()
            if fate < 0.1:
                exchange.reply(503)
            elif fate < 0.2:
                exchange.reset()
            elif fate < 0.25:
                self.taken.append(got.id)  # and the answer is lost
                exchange.reset()
            else:
                self.taken.append(got.id)
                exchange.reply(200)
        finally:
            self._at_work.release()


def deliver_all(hooks: Hooks, watched: list[WebhookRow]) -> None:
    waiting, send = True, sending()
    while waiting:
        if not deliver_next(hooks.database, send, QUICK):
            waiting = any("pending" in hooks.states(hook) for hook in watched)


def test_every_event_arrives_in_its_order_whatever_fails(hooks: Hooks) -> None:
    moods = [Moody(SEED), Moody(SEED + 1)]
    with receiving(moods[0]) as one, receiving(moods[1]) as other:
        watched = [hooks.add(each.url()) for each in (one, other)]
        wanted = [hooks.ping(hook, EACH) for hook in watched]
        couriers = [
            threading.Thread(target=deliver_all, args=(hooks, watched)) for _ in range(COURIERS)
        ]
        for each in couriers:
            each.start()
        for each in couriers:
            each.join(300)
    for hook, mood, ids, receiver in zip(watched, moods, wanted, (one, other), strict=True):
        check(hooks, hook, mood, ids, receiver)


def check(
    hooks: Hooks, hook: WebhookRow, mood: Moody, wanted: list[str], receiver: Receiver
) -> None:
    assert hooks.states(hook) == ["delivered"] * EACH
    assert list(dict.fromkeys(mood.taken)) == wanted, "each at least once, in order"
    assert mood.taken == sorted(mood.taken, key=wanted.index), "none comes after a later one"
    assert mood.overlapping == 0, "one at a time"
    assert all(documented()(hook.secret, each.headers, each.body) for each in receiver.received)
    tries = {str(row.id): len(row.attempts) for row in hooks.deliveries(hook)}
    assert Counter(receiver.ids) == tries, "every request is written down"
    assert sum(tries.values()) > EACH, "some failed"
