"""How the picture is laid out over time, and the slides that it shows."""

from noteai.agents.layout.agent import layout
from noteai.agents.layout.params import LayoutParams

__all__ = ["LayoutParams", "layout"]
