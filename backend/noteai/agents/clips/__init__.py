"""The rendered clips: one run of ffmpeg each."""

from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.rendering import Source, render_clip
from noteai.agents.clips.stage import clips

__all__ = ["ClipParams", "Source", "clips", "render_clip"]
