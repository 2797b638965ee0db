"""Work done in threads ahead of whoever takes its results, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOMENT = 0.2


def ahead(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int,
    on_wait: Callable[[], None],
) -> Iterator[tuple[Item, Result]]:
    """Each item with its result, in order; at most `workers` + 1 items are held at a time.

    `on_wait` is called every moment while a result is awaited, and may raise to stop: then
    what has not begun is not begun, and what has is not waited for.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ahead")
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) > workers:
                yield _next(waiting, on_wait)
        while waiting:
            yield _next(waiting, on_wait)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _next(
    waiting: deque[tuple[Item, Future[Result]]], on_wait: Callable[[], None]
) -> tuple[Item, Result]:
    item, future = waiting.popleft()
    while not future.done():
        on_wait()
        wait([future], timeout=_MOMENT)
    return item, future.result()
