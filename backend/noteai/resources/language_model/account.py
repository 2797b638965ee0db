"""The account of one run: what was spent, and what may still be."""

import math
import threading
from dataclasses import dataclass, field

from noteai.resources.language_model.port import CostCapReached, Terms, Usage


@dataclass
class Account:
    """Counts answers, and refuses a request that could break the cap.

    A request that was sent and never answered may be charged all the same: what it could
    have cost stays `held` against the cap, but is not reported as spent. Everything is
    also counted `towards` the account of the model that the run belongs to.
    """

    spent: Usage = field(default_factory=Usage)
    held: float = 0.0
    towards: "Account | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def reserve(self, terms: Terms, tokens_in: int) -> float:
        """Hold the most that a request may cost, in dollars.

        Raises:
            CostCapReached: it does not fit under the cap.
        """
        planned = _most(terms, tokens_in)
        with self._lock:
            before = (self.spent.cost or 0.0) + self.held
            if terms.max_cost is not None and before + planned > terms.max_cost:
                raise CostCapReached(
                    model=terms.model,
                    planned=f"{planned:.4f}",
                    spent=f"{before:.4f}",
                    cap=f"{terms.max_cost:.4f}",
                )
            self.held += planned
        return planned

    def release(self, planned: float) -> None:
        """The request cost nothing."""
        with self._lock:
            self.held -= planned

    def settle(self, planned: float, usage: Usage) -> None:
        """The request cost `usage`."""
        with self._lock:
            self.held -= planned
            self.spent += usage
        if self.towards:
            self.towards.settle(0.0, usage)


def _most(terms: Terms, tokens_in: int) -> float:
    if terms.price:
        return terms.price.of(tokens_in, terms.max_output)
    return 0.0 if terms.max_cost is None else math.inf
