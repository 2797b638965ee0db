"""The passages worth seeing again."""

from noteai.engine.artifact import Artifact
from noteai.lecture.content import Evidence
from noteai.timeline import Span


class Highlight(Span):
    """One passage. `score` lies in 0 to 1; `reasons` say in words why it was chosen."""

    rank: int
    """1 is the best."""
    title: str
    score: float
    reasons: tuple[str, ...]
    evidence: Evidence
    topic: str
    """Id of the topic that it belongs to."""


class HighlightPlan(Artifact):
    """The chosen passages by rank; they do not overlap. None of them is a result too."""

    highlights: tuple[Highlight, ...]
    reason_if_empty: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.highlights

    @property
    def remarks(self) -> tuple[str, ...]:
        return (*self.warnings, *([self.reason_if_empty] if self.reason_if_empty else ()))
