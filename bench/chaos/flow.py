"""Cases side by side in one thread: each is a generator that yields what it waits for."""

import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any

from bench.chaos.scene import Scene

_LOOK = 0.03


@dataclass(frozen=True)
class Wait:
    """Until `holds`; that it does not within `seconds` ends the case as a violation."""

    holds: Callable[[], Any]
    what: str
    seconds: float = 60.0


Case = Generator[Wait, None, None]


@dataclass
class _Going:
    case: Case
    wait: Wait
    until: float


class _Flow:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.going: list[_Going] = []
        self.well = 0

    def begin(self, case: Case) -> None:
        self.going += self._next(case)

    def look(self) -> None:
        self.going = [still for each in self.going for still in self._look(each)]

    def _look(self, going: _Going) -> list[_Going]:
        if going.wait.holds():
            return self._next(going.case)
        if time.monotonic() < going.until:
            return [going]
        wait = going.wait
        self.scene.wrong.append(f"in {wait.seconds:.0f} s it was not so that {wait.what}")
        going.case.close()
        return []

    def _next(self, case: Case) -> list[_Going]:
        try:
            wait = next(case)
        except StopIteration:
            self.well += 1
            return []
        except Exception as error:  # noqa: BLE001 - one broken case holds up no other
            self.scene.wrong.append(f"a case broke: {error!r}")
            return []
        return [_Going(case, wait, time.monotonic() + wait.seconds)]


def flow(scene: Scene, cases: Iterable[Case], at_once: int, limit: float) -> int:
    """How many cases came to a good end; no more are begun after `limit` seconds."""
    end, waiting, flowing = time.monotonic() + limit, iter(cases), _Flow(scene)
    while True:
        while len(flowing.going) < at_once and time.monotonic() < end:
            case = next(waiting, None)
            if case is None:
                break
            flowing.begin(case)
        if not flowing.going:
            return flowing.well
        scene.pause(_LOOK)
        flowing.look()
