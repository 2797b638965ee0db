"""What a run tells whoever waits for it."""

from typing import Literal

from noteai.frozen import Frozen

EventKind = Literal[
    "stage_started",
    "stage_progressed",
    "stage_done",
    "stage_skipped",
    "stage_failed",
    "run_ended",
]


class Failure(Frozen):
    """Why a stage ended without a result: a stable code, what is wrong, what to do."""

    code: str
    message: str
    remedy: str
    exit_status: int = 1


class Event(Frozen):
    kind: EventKind
    run: str
    stage: str = ""
    fraction: float = 0.0
    seconds: float = 0.0
    source: Literal["ran", "cached", ""] = ""
    failure: Failure | None = None
    state: str = ""
    """How the run ended, in `run_ended` alone."""
