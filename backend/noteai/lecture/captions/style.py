"""How cues may look."""

from pydantic import Field

from noteai.frozen import Frozen


class CueStyle(Frozen):
    """Limits of cues; a wide character (Han, kana, Hangul) takes two columns."""

    columns: int = Field(42, ge=16, le=120, description="Width of a line")
    lines: int = Field(2, ge=1, le=2, description="Lines at a time")
    characters_per_second: float = Field(17.0, ge=5, le=40, description="Reading speed")
    min_seconds: float = Field(0.8, ge=0.1, le=5, description="Shortest time on the screen")
    max_seconds: float = Field(7.0, ge=1, le=20, description="Longest time on the screen")
    max_gap: float = Field(0.5, ge=0, le=5, description="Shorter gaps shrink to two frames")
