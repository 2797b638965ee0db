"""The stage that renders every highlight of a plan."""

from functools import partial

from noteai.agents.clips.composition import Size
from noteai.agents.clips.order import RenderedClip, order
from noteai.agents.clips.page import page
from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.rendering import clip
from noteai.engine.stage import Context, stage
from noteai.lecture.captions import Cue
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts
from noteai.timeline import overlap


@stage(version="3", queue="media", parts=(clip,))
def clips(
    recording: Recording,
    plan: HighlightPlan,
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: ClipParams,
    ffmpeg: Ffmpeg,
    fonts: Fonts,
    ctx: Context,
) -> ClipSet:
    """Render the highlights, each with captions beside it and a thumbnail."""
    params, warnings = _drawable(recording, transcript, plan, params, ffmpeg, fonts, ctx)
    orders = [
        order(recording, each, transcript, silence, layout, params) for each in plan.highlights
    ]
    rendered = ctx.each(clip, orders)
    finished = partial(_finished, is_captioned=params.burn_captions)
    made = tuple(map(finished, plan.highlights, rendered))
    return ClipSet(clips=made, aspect=params.aspect, warnings=warnings)


def _finished(highlight: Highlight, rendered: RenderedClip, *, is_captioned: bool) -> Clip:
    return Clip(
        start=highlight.start,
        end=highlight.end,
        rank=highlight.rank,
        title=highlight.title,
        topic=highlight.topic,
        video=rendered.video,
        thumbnail=rendered.thumbnail,
        srt=rendered.srt,
        vtt=rendered.vtt,
        width=rendered.width,
        height=rendered.height,
        length=rendered.length,
        loudness=rendered.loudness,
        is_captioned=is_captioned,
    )


def _drawable(
    recording: Recording,
    transcript: Transcript,
    plan: HighlightPlan,
    params: ClipParams,
    ffmpeg: Ffmpeg,
    fonts: Fonts,
    ctx: Context,
) -> tuple[ClipParams, tuple[str, ...]]:
    """With captions where they are asked for or there is no picture, if there are letters."""
    if not (params.burn_captions or recording.video is None):
        return params, ()
    lacking = _lacking(fonts.beyond(_texts(transcript, plan)), ffmpeg, fonts, ctx)
    shown = "".join(lacking[:8])
    warning = f"No font of this machine has the letters {shown}: captions are not drawn into clips."
    drawn = params.model_copy(update={"burn_captions": not lacking})
    return drawn, (warning,) if lacking else ()


def _lacking(letters: str, ffmpeg: Ffmpeg, fonts: Fonts, ctx: Context) -> str:
    """Those that this machine cannot draw."""
    if not letters:
        return ""
    size = Size(1280, 720)
    fonts.lay_out(ctx.workdir)
    sheet = page([Cue(start=0, end=1, lines=(letters,))], size, Box(0, 600, 1280, 100))
    return fonts.lacking(letters, sheet, ffmpeg, ctx.workdir)


def _texts(transcript: Transcript, plan: HighlightPlan) -> list[str]:
    words = (
        word.text
        for word in transcript.words
        if any(overlap(word, highlight) > 0 for highlight in plan.highlights)
    )
    return [*words, *(highlight.title for highlight in plan.highlights)]
