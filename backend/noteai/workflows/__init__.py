"""Which agents, in a tuple."""

from noteai.workflows.highlights import HIGHLIGHTS
from noteai.workflows.topics import TOPICS

__all__ = ["HIGHLIGHTS", "TOPICS", "WORKFLOWS"]

WORKFLOWS = {each.name: each for each in (HIGHLIGHTS,)}
"""Those that start from an upload, by name."""
