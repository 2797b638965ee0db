"""The rendered clips: one run of ffmpeg each."""

from noteai.agents.clips.order import ClipOrder, RenderedClip, order
from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.rendering import clip
from noteai.agents.clips.stage import clips

__all__ = ["ClipOrder", "ClipParams", "RenderedClip", "clip", "clips", "order"]
