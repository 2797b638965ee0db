import threading
import time

import pytest

from noteai.errors import Cancelled
from noteai.resources.transcriber.ahead import ahead


def nothing() -> None:
    pass


def test_results_come_in_order_whoever_is_ready_first() -> None:
    def work(number: int) -> int:
        time.sleep(0.01 * (3 - number % 3))
        return -number

    assert list(ahead(work, range(7), 3, nothing)) == [(n, -n) for n in range(7)]


def test_items_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []
    source = (taken.append(n) or n for n in range(100))
    found = ahead(lambda n: n, source, 2, nothing)
    assert next(found) == (0, 0)
    assert len(taken) == 3
    found.close()


def test_two_items_are_worked_on_at_a_time() -> None:
    both = threading.Barrier(2, timeout=5)
    assert len(list(ahead(lambda _: both.wait(), range(4), 2, nothing))) == 4


def test_what_fails_in_a_thread_fails_here() -> None:
    def work(number: int) -> float:
        return 1 / number

    found = ahead(work, [1, 0, 1], 1, nothing)
    assert next(found) == (1, 1.0)
    with pytest.raises(ZeroDivisionError):
        list(found)


def test_whoever_waits_can_stop_at_once() -> None:
    go_on, begun = threading.Event(), []

    def work(number: int) -> None:
        begun.append(number)
        go_on.wait(5)

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(ahead(work, range(9), 1, stop))
    go_on.set()
    assert begun in ([], [0])


def test_nothing_to_do_is_done() -> None:
    assert list(ahead(str, [], 2, nothing)) == []
