"""The knobs of the layout stage."""

from pydantic import Field

from noteai.engine.artifact import Params


class LayoutParams(Params):
    """Defaults were set on the recordings and frames of the bench, none of them by search."""

    longest_side: int = Field(
        320, ge=160, le=640, description="Longest side in pixels of the small pictures compared."
    )
    widest_gap: float = Field(
        12.5, ge=2, le=60,
        description="Seconds between keyframes above which other frames are decoded too.",
    )  # fmt: skip
    shortest_shot: float = Field(
        1.0, ge=0, le=30, description="Seconds below which a layout is not a shot of its own."
    )
    shortest_slide: float = Field(
        1.0, ge=0, le=30, description="Seconds below which what is shown is not a slide."
    )
    read_text: bool = Field(
        default=True, description="Read the slides' text; without it slides have no title."
    )
