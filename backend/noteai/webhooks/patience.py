"""When a delivery is tried again, and when it is given up: pure."""

from dataclasses import dataclass

_SPREAD = 0.2
"""The share of a pause by which chance makes it longer or shorter."""


@dataclass(frozen=True)
class Patience:
    """All in seconds."""

    pauses: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
    """After the first failure, the second, and so on; the last one also after all further ones."""
    life: float = 24 * 3600.0
    """A delivery that cannot be tried again before it is so old is given up."""
    asked: float = 3600.0
    """The longest `Retry-After` that is heeded."""
    failing: float = 5 * 24 * 3600.0
    """A webhook without a success for so long is disabled."""
    lease: float = 30.0
    """After which another takes over a delivery; longer than any request takes."""

    def pause(self, failures: int, asked: float | None, chance: float) -> float:
        """Until the next try; `chance` is from 0 to 1."""
        usual = self.pauses[min(failures, len(self.pauses)) - 1]
        spread = usual * (1 + _SPREAD * (2 * chance - 1))
        return max(spread, min(asked or 0.0, self.asked))
