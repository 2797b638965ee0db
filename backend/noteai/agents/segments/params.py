"""How long and how many the highlights are: the one definition of these limits."""

from pydantic import Field, model_validator

from noteai.engine.artifact import Params


class SegmentParams(Params):
    min_seconds: float = Field(15.0, ge=3, le=600, description="shortest highlight")
    max_seconds: float = Field(90.0, ge=5, le=1800, description="longest highlight")
    min_clips: int = Field(3, ge=1, le=50, description="as few as this, if so many are worth it")
    max_clips: int = Field(8, ge=1, le=50, description="at most so many")
    max_share: float = Field(0.6, gt=0, le=1, description="share of the lecture they may fill")
    min_importance: float = Field(
        0.2, ge=0, le=1, description="a passage is worth it only if one of its sentences has this"
    )
    diversity: float = Field(0.5, ge=0, le=1, description="how much a repeated subject counts less")

    @model_validator(mode="after")
    def _limits_are_ordered(self) -> "SegmentParams":
        if self.min_seconds > self.max_seconds:
            raise ValueError("min_seconds is above max_seconds")
        if self.min_clips > self.max_clips:
            raise ValueError("min_clips is above max_clips")
        return self
