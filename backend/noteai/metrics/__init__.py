"""What is counted of the work, as `telemetry` is what is said of it.

Whoever does something counts it by the name of its series, once it is committed where there is a
transaction. A door that serves the figures sets up a meter; without one nothing is counted.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

Labels = Mapping[str, str]


class Meter(Protocol):
    """Keeps figures of the series of `families`, by any number of threads."""

    def add(self, name: str, amount: float, labels: Labels) -> None:
        """To a counter or, where it may be negative, to a gauge."""
        ...

    def observe(self, name: str, value: float, labels: Labels) -> None:
        """One more value of a histogram."""
        ...

    def put(self, name: str, value: float, labels: Labels) -> None:
        """What a gauge shows from now on."""
        ...

    def expect(self, name: str, labels: Labels) -> None:
        """Show a series from now on, at 0."""
        ...


_used: Meter | None = None


def use(meter: Meter | None) -> None:
    """Of this process, from now on; with none nothing is counted."""
    global _used  # noqa: PLW0603 - as a logger is a process's
    _used = meter


def add(name: str, amount: float = 1.0, /, **labels: str) -> None:
    if _used:
        with suppress(OSError):  # no room for figures: the work goes on
            _used.add(name, amount, labels)


def observe(name: str, value: float, /, **labels: str) -> None:
    if _used:
        with suppress(OSError):
            _used.observe(name, value, labels)


def put(name: str, value: float, /, **labels: str) -> None:
    if _used:
        with suppress(OSError):
            _used.put(name, value, labels)


def expect(name: str, /, **labels: str) -> None:
    """Of what will be counted here: who asks how much it grew misses no first event then."""
    if _used:
        with suppress(OSError):
            _used.expect(name, labels)
