"""The synthetic lecture: made by a seed, minutes long, with known truth."""

from noteai.sample.make import Sample, make
from noteai.sample.truth import Truth

__all__ = ["Sample", "Truth", "make"]
