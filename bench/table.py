"""Rows of the bench: what was measured, on what, against which goal."""

from dataclasses import dataclass
from typing import Literal

Sense = Literal["at least", "at most"]


@dataclass(frozen=True)
class Row:
    """One figure. `goal` is None where there is none; `note` says what falls short and why."""

    measure: str
    on: str
    reached: float
    goal: float | None = None
    sense: Sense = "at least"
    note: str = ""

    @property
    def is_reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.reached >= self.goal if self.sense == "at least" else self.reached <= self.goal
