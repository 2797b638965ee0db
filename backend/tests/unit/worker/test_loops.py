"""The loops beside a worker."""

import threading

import pytest

from noteai.worker import loops
from noteai.worker.loops import Loop

LIMIT = 10


def test_a_loop_turns_until_it_is_stopped() -> None:
    turns = threading.Semaphore(0)

    def work() -> float:
        turns.release()
        return 0.001

    loop = Loop("test", work)
    loop.start()
    assert all(turns.acquire(timeout=LIMIT) for _ in range(3))
    loop.stop()
    loop.join()
    assert not loop._thread.is_alive()


def test_a_loop_outlives_what_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "_TROUBLED", 0.001)
    healed = threading.Event()
    broken = iter([OSError("gone"), ValueError("odd")])

    def work() -> float:
        for error in broken:
            raise error
        healed.set()
        return 0.001

    loop = Loop("test", work)
    loop.start()
    assert healed.wait(LIMIT)
    loop.stop()
    loop.join()
