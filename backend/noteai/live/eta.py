"""When a job will be done: from how far its stages are and how long they took before. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_ENDED = frozenset({"done", "failed", "skipped", "cancelled"})
_TRUSTED = 0.05
"""Below this fraction a stage's own pace says nothing yet: most of it is its start."""


@dataclass(frozen=True)
class StagePace:
    """How a stage stands."""

    state: str
    fraction: float = 0.0
    elapsed: float | None = None
    """Seconds since it was started; None where it was not."""
    expected: float | None = None
    """Seconds that the whole of it will take, by past runs; None where there were none."""


def remaining(waves: Sequence[Iterable[str]], stages: Mapping[str, StagePace]) -> float | None:
    """Seconds until the last stage is done, or None where one of them is unknown.

    Stages of a wave run side by side: the wave takes as long as the longest.
    """
    total = 0.0
    for wave in waves:
        left = [stage_remaining(stages[name]) for name in wave if name in stages]
        known = [each for each in left if each is not None]
        if len(known) < len(left):
            return None
        total += max(known, default=0.0)
    return total


def stage_remaining(stage: StagePace) -> float | None:
    """By its own pace and by past runs, the more by its own the further it is."""
    if stage.state in _ENDED:
        return 0.0
    if stage.state != "running":
        return stage.expected
    own, past = _by_own_pace(stage), _by_past(stage)
    if own is None or past is None:
        return past if own is None else own
    return own * stage.fraction + past * (1 - stage.fraction)


def speed(stage: StagePace, duration: float | None) -> float | None:
    """Seconds of the recording that it gets through in a second, as far as it is known."""
    if not duration or not stage.elapsed or stage.fraction <= 0:
        return None
    return duration * stage.fraction / stage.elapsed


def _by_own_pace(stage: StagePace) -> float | None:
    if stage.elapsed is None or stage.fraction < _TRUSTED:
        return None
    return stage.elapsed * (1 - stage.fraction) / stage.fraction


def _by_past(stage: StagePace) -> float | None:
    return None if stage.expected is None else stage.expected * (1 - stage.fraction)
