"""The knobs of the clips."""

from typing import Literal

from pydantic import Field

from noteai.engine.artifact import Params
from noteai.lecture.clips import Aspect

Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]


class ClipParams(Params):
    """How clips look and sound."""

    aspect: Aspect = Field("16:9", description="shape of the picture; `source` keeps it as it is")
    burn_captions: bool = Field(False, description="draw the captions into the picture")
    remove_pauses_longer_than: float | None = Field(
        None, ge=0.2, le=60, description="seconds to which longer silences between words shrink"
    )
    loudness: float = Field(-16.0, ge=-31, le=-8, description="integrated loudness in LUFS")
    true_peak: float = Field(-1.5, ge=-9, le=-0.5, description="highest true peak in dB")
    fade: float = Field(0.15, ge=0, le=2, description="seconds of fade in and out")
    max_frame_rate: float = Field(30.0, ge=10, le=60, description="highest frames a second")
    max_short_side: int = Field(
        1080, ge=240, le=2160, description="pixels of the short side when the shape changes"
    )
    preset: Preset = Field("veryfast", description="x264's preset: slower makes smaller files")
    crf: int = Field(20, ge=10, le=40, description="x264's quality: lower is better and larger")
    audio_bitrate: int = Field(128_000, ge=32_000, le=320_000, description="AAC's bits a second")
