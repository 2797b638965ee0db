"""Keeps children running: one that dies is started again, later each time."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from noteai.servers.process import Child, Command, stop_all

_LONGEST_PAUSE = 30.0
_QUICK = 30.0
"""Seconds; who lives longer than this starts again with the first pause."""
ALARMING = 5
"""Quick deaths in a row after which somebody should look."""


@dataclass
class _Watched:
    child: Child
    tier: int
    quick_deaths: int = 0
    start_at: float | None = None
    """When it starts again, where it is not running."""


@dataclass
class Supervisor:
    """Children in tiers: those of the highest stop first, those of one together."""

    tell: Callable[[str], None]
    first_pause: float = 0.5
    """Seconds before the first new start, and twice as many before the next."""
    _watched: list[_Watched] = field(default_factory=list)

    def start(self, command: Command, tier: int = 0) -> Child:
        child = Child(command)
        self._watched.append(_Watched(child, tier))
        return child

    def look(self) -> None:
        """Start again who died and has waited long enough."""
        for each in self._watched:
            if each.start_at is None and not each.child.is_alive:
                self._mourn(each)
            if each.start_at is not None and time.monotonic() >= each.start_at:
                each.child, each.start_at = Child(each.child.command), None

    def stop(self) -> None:
        """Leave nothing running; a KeyboardInterrupt on the way kills what is left at once."""
        try:
            for tier in sorted({each.tier for each in self._watched}, reverse=True):
                stop_all([each.child for each in self._watched if each.tier == tier])
        finally:
            for each in self._watched:
                each.child.kill()
            self._watched.clear()

    def _mourn(self, each: _Watched) -> None:
        quick = each.child.age < _QUICK
        each.quick_deaths = each.quick_deaths + 1 if quick else 0
        pause = min(self.first_pause * 2 ** max(0, each.quick_deaths - 1), _LONGEST_PAUSE)
        each.start_at = time.monotonic() + pause
        command = each.child.command
        self.tell(f"{command.name} {_ending(each.child.status)}; it starts again.")
        if each.quick_deaths == ALARMING:
            self.tell(
                f"{command.name} ended {ALARMING} times soon after its start. It is tried again "
                f"every {_LONGEST_PAUSE:.0f} seconds; its log is {command.log}:\n"
                f"{each.child.last_words}"
            )


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
