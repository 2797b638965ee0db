"""What the lecture is about: topics, and what each sentence is worth."""

from noteai.agents.content.evidence import unresolved
from noteai.agents.content.offline import analyse
from noteai.agents.content.params import ContentParams
from noteai.engine.stage import Context, stage
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.resources.embedder import Embedder
from noteai.resources.language_model import LanguageModel, LanguageModelFailed

__all__ = ["ContentParams", "content"]


class UnprovenClaim(RuntimeError):
    """An analysis that points at what does not exist: a defect, never shown to users as truth."""


@stage(version="2", queue="language")
def content(
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: ContentParams,
    embedder: Embedder,
    model: LanguageModel | None,
    ctx: Context,
) -> ContentAnalysis:
    """Topics that cover the lecture, described and weighed, every claim with its evidence."""
    offline = analyse(transcript, silence, layout, params, embedder)
    ctx.progress(0.5 if model else 1.0)
    analysis = _asked(transcript, offline, layout, params, model, ctx) if model else offline
    faults = unresolved(analysis, transcript, layout)
    if faults:
        raise UnprovenClaim("; ".join(faults[:5]))
    return analysis


def _asked(
    transcript: Transcript,
    offline: ContentAnalysis,
    layout: LayoutTimeline | None,
    params: ContentParams,
    model: LanguageModel,
    ctx: Context,
) -> ContentAnalysis:
    from noteai.agents.content.asked import ask

    def progress(fraction: float) -> None:
        ctx.progress(0.5 + fraction / 2)

    asking = model.for_run()
    try:
        asked = ask(transcript, offline, layout, params, asking, progress)
    except LanguageModelFailed as failure:
        return _degraded(offline, failure.message)
    finally:
        ctx.charge(asking.spent.cost or 0.0)
    faults = unresolved(asked, transcript, layout)
    if faults:
        return _degraded(
            offline, f"The language model {model.name} proved too little: {faults[0]}."
        )
    return asked


def _degraded(offline: ContentAnalysis, reason: str) -> ContentAnalysis:
    warnings = (*offline.warnings, f"{reason} The offline analysis stands in for it.")
    return offline.model_copy(update={"degraded": True, "warnings": warnings})
