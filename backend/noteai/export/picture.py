"""The lecture as one picture: the shapes that its lanes are drawn with."""

from collections.abc import Sequence

from noteai.lecture.content import ContentAnalysis
from noteai.lecture.transcript import Transcript
from noteai.timeline import Span, overlap, span

HEIGHT = 100
"""Units of a lane's own coordinates, which are stretched to its size."""
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_BINS = 400
_LOUD = 0.985
"""The part of all peaks that fits the lane: single knocks may stand out of it."""


def tick_times(duration: float, most: int = 12) -> list[int]:
    """Round times for the axis, at most `most` of them."""
    step = next(
        (each for each in _STEPS if duration / each <= most),
        3600 * (1 + int(duration) // (3600 * most)),
    )
    return list(range(0, int(duration) + 1, step))


def waveform_path(peaks: Sequence[int]) -> str:
    """A mirrored area, `len(peaks)` wide: the recording's loud parts fill the lane."""
    if not peaks:
        return ""
    loud = max(1, sorted(peaks)[round(_LOUD * (len(peaks) - 1))])
    sizes = [min(1.0, peak / loud) * (HEIGHT / 2 - 1) + 0.6 for peak in peaks]
    upper = [f"{at} {HEIGHT / 2 - size:.1f}" for at, size in enumerate(sizes)]
    lower = [f"{at} {HEIGHT / 2 + size:.1f}" for at, size in enumerate(sizes)]
    return f"M{'L'.join(upper)}L{'L'.join(reversed(lower))}Z"


def importance_curve(
    content: ContentAnalysis, transcript: Transcript | None, duration: float
) -> list[float]:
    """Importance over time in equal parts, 0 to 1: of sentences, or else of topics."""
    scored = _scored(content, transcript)
    width = duration / _BINS if duration else 1.0
    sums, weights = [0.0] * _BINS, [0.0] * _BINS
    for stretch, importance in scored:
        first, last = int(stretch.start / width), min(_BINS - 1, int(stretch.end / width))
        for at in range(first, last + 1):
            shared = overlap(stretch, span(at * width, (at + 1) * width))
            sums[at] += importance * shared
            weights[at] += shared
    values = [
        total / weight if weight else 0.0 for total, weight in zip(sums, weights, strict=True)
    ]
    return _smooth(values)


def area_path(values: Sequence[float]) -> str:
    """The area under a curve of values 0 to 1, `len(values)` wide."""
    return f"{line_path(values)}L{len(values)} {HEIGHT}L0 {HEIGHT}Z" if values else ""


def line_path(values: Sequence[float]) -> str:
    if not values:
        return ""
    tops = [round(HEIGHT - 4 - value * (HEIGHT - 10), 1) for value in values]
    points = [f"{at + 0.5:g} {top:g}" for at, top in enumerate(tops)]
    return f"M0 {tops[0]:g}L{'L'.join(points)}L{len(values)} {tops[-1]:g}"


def _scored(content: ContentAnalysis, transcript: Transcript | None) -> list[tuple[Span, float]]:
    places = {each.id: each for each in transcript.sentences} if transcript else {}
    found: list[tuple[Span, float]] = [
        (places[each.id], each.importance) for each in content.sentences if each.id in places
    ]
    return found or [(topic, topic.importance) for topic in content.topics]


def _smooth(values: Sequence[float]) -> list[float]:
    """A running mean over five, the middle counting most (binomial weights)."""
    padded = [values[0]] * 2 + list(values) + [values[-1]] * 2
    weights = (1, 4, 6, 4, 1)
    return [
        sum(weight * padded[at + k] for k, weight in enumerate(weights)) / 16
        for at in range(len(values))
    ]
