"""How long things take."""

import time
from collections.abc import Callable, Mapping

Work = Callable[[], object]


def seconds(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def best_of(rounds: int, ways: Mapping[str, Work]) -> dict[str, float]:
    """Seconds of each: the best of rounds in which all take turns."""
    took = [{name: seconds(way) for name, way in ways.items()} for _ in range(rounds)]
    return {name: min(each[name] for each in took) for name in ways}
