"""The stage itself: survey, sample, find the panels, name the shots, collect the slides."""

from noteai.agents.layout.params import LayoutParams
from noteai.engine.stage import Context, stage
from noteai.errors import NotApplicable
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.text_reader import TextReader


@stage(version="1", queue="vision")
def layout(
    recording: Recording,
    params: LayoutParams,
    reader: TextReader,
    ffmpeg: Ffmpeg,
    ctx: Context,
) -> LayoutTimeline:
    """Shots with their boxes and slides with their visits, over the whole recording.

    Raises:
        NotApplicable: the recording has no picture.
    """
    if recording.video is None:
        raise NotApplicable(reason="the recording has no picture")
    raise NotImplementedError
