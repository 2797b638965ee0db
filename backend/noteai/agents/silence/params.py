"""The knobs of the silence stage."""

from pydantic import Field

from noteai.engine.artifact import Params


class SilenceParams(Params):
    """Tuned on the hand labels of TEN-VAD (15 clips) and on four synthetic recitals."""

    min_seconds: float = Field(0.1, ge=0.02, le=60, description="Shortest silence that is kept.")
    min_speech_seconds: float = Field(
        0.1, ge=0, le=60, description="Shorter speech counts as part of the silence around it."
    )
    break_seconds: float = Field(
        5.0, ge=1, le=3600, description="From this length on, a pause is a break."
    )
    caution: float = Field(
        0.0, ge=-5, le=5, description="Above 0, silence must be surer; below 0, speech."
    )
    level_weight: float = Field(
        0.04, ge=0, le=1, description="What one dB says, beside the log-odds of voice activity."
    )
    change_cost: float = Field(
        6.0, ge=0, le=100, description="Evidence that a change to speech or silence must bring."
    )
    edge_deviations: float = Field(
        2.0,
        ge=0.5,
        le=20,
        description="Speech lasts while a band's level is so far above the silence beside it.",
    )
