"""The stage that renders every highlight of a plan."""

from collections.abc import Callable

from noteai.agents.clips.composition import Size
from noteai.agents.clips.page import page
from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.rendering import Source, render_clip
from noteai.engine.stage import Context, stage
from noteai.lecture.captions import Cue
from noteai.lecture.clips import ClipSet
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media import fonts
from noteai.media.ffmpeg import Ffmpeg
from noteai.timeline import overlap


@stage(version="1", queue="media")
def clips(
    recording: Recording,
    plan: HighlightPlan,
    transcript: Transcript,
    layout: LayoutTimeline | None,
    params: ClipParams,
    ffmpeg: Ffmpeg,
    ctx: Context,
) -> ClipSet:
    """Render the highlights, each with captions beside it and a thumbnail."""
    source = Source(ctx.fetch(recording.file), recording, transcript, layout)
    params, warnings = _drawable(source, plan, params, ffmpeg, ctx)
    made, done = [], 0.0
    total = sum(each.duration for each in plan.highlights) or 1.0
    for highlight in plan.highlights:
        made.append(render_clip(source, highlight, params, ffmpeg, ctx, _share(ctx, done, total)))
        done += highlight.duration
        ctx.progress(min(1.0, done / total))
    return ClipSet(clips=tuple(made), aspect=params.aspect, warnings=warnings)


def _share(ctx: Context, done: float, total: float) -> Callable[[float], None]:
    """Hears the seconds of one clip, tells the share of all."""
    return lambda seconds: ctx.progress(min(1.0, (done + seconds) / total))


def _drawable(
    source: Source, plan: HighlightPlan, params: ClipParams, ffmpeg: Ffmpeg, ctx: Context
) -> tuple[ClipParams, tuple[str, ...]]:
    """Captions are not drawn where this machine has no letters for them."""
    audiogram = source.recording.video is None
    if not (params.burn_captions or audiogram):
        return params, ()
    letters = fonts.beyond(_texts(source.transcript, plan))
    if not letters:
        return params, ()
    size = Size(1280, 720)
    fonts.lay_out(ctx.workdir)
    sheet = page([Cue(start=0, end=1, lines=(letters,))], size, Box(0, 600, 1280, 100))
    lacking = fonts.lacking(letters, sheet, ffmpeg, ctx.workdir)
    if not lacking:
        return params, ()
    shown = "".join(lacking[:8])
    warning = f"No font of this machine has the letters {shown}: captions are not drawn into clips."
    return params.model_copy(update={"burn_captions": False}), (warning,)


def _texts(transcript: Transcript, plan: HighlightPlan) -> list[str]:
    words = (
        word.text
        for word in transcript.words
        if any(overlap(word, highlight) > 0 for highlight in plan.highlights)
    )
    return [*words, *(highlight.title for highlight in plan.highlights)]
