"""Rows of the bench: what was measured, on what, against which goal."""

import json
import os
import platform
from dataclasses import asdict, dataclass
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


def table(rows: list[Row]) -> str:
    """Markdown; a goal that is missed is said in bold."""
    lines = ["| measure | on | reached | goal | |", "|---|---|---|---|---|"]
    for row in rows:
        goal = "" if row.goal is None else f"{'≥' if row.sense == 'at least' else '≤'} {row.goal:g}"
        verdict = {True: "reached", False: "**missed**", None: ""}[row.is_reached]
        note = " ".join(part for part in (verdict, row.note) if part)
        lines.append(f"| {row.measure} | {row.on} | {row.reached:.4g} | {goal} | {note} |")
    return "\n".join(lines)


def as_json(rows: list[Row]) -> str:
    return json.dumps([asdict(row) for row in rows])


def heading() -> str:
    return (
        "# Results\n\n"
        "Written by `make bench`, `make load` and `make chaos`. Where a row names no unit, "
        "a speed is the ratio of two things measured in one run on one "
        f"machine ({os.cpu_count()} processors, {platform.machine()}). Real recordings are those\n"
        "of the folder that `NOTEAI_MEDIA_DIR` names; figures on them are of a development set.\n"
    )
