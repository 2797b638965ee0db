"""A highlight on the clip's own clock: its pauses, takes and candidates for the thumbnail."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from noteai.agents.clips.composition import Size, compose
from noteai.lecture.layout import Box, Shot
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Word
from noteai.media.cuts import Cut
from noteai.media.filters import Scene, Take
from noteai.timeline import Span, clamp, overlap, span

_SHORTEST_TAKE = 3
"""Frames: what flashes by for less keeps the scene before it."""
_BEFORE_CHANGE = 0.25
"""Seconds before a slide goes when it is complete and not yet fading."""
_EVENLY = 5


def inner_pauses(
    passage: Span,
    words: Sequence[Word],
    longest: float | None,
    silence: SilenceMap | None = None,
) -> list[Span]:
    """What to leave out of pauses between words so that each lasts `longest` seconds.

    A pause is silent, too, where silences are known: the times of captions' words are guessed.
    Without silences the words alone decide.
    """
    if longest is None:
        return []
    spoken = [word for word in words if overlap(word, passage) > 0]
    gaps = [span(a.end, b.start) for a, b in pairwise(spoken) if b.start - a.end > longest]
    pauses = [each for gap in gaps for each in clamp(silence.near(gap), gap)] if silence else gaps
    return [
        span(each.start + longest / 2, each.end - longest / 2)
        for each in pauses
        if each.duration > longest
    ]


def takes(shots: Sequence[Shot], cut: Cut, source: Size, stage: Box) -> tuple[Take, ...]:
    """The scenes of the clip in order; neighbours that look the same are one."""
    scenes = _merged(_scenes(shots, cut, source, stage))
    scenes = scenes or [(0, compose(None, source, stage))]
    ends = [*(first for first, _ in scenes[1:]), cut.frames]
    starts = [0, *ends[:-1]]
    return tuple(
        Take(first=first, end=end, scene=scene)
        for first, end, (_, scene) in zip(starts, ends, scenes, strict=True)
    )


def snapshots(slide_ends: Iterable[float], cut: Cut, fade: float) -> tuple[int, ...]:
    """Frames that may serve as thumbnail: spread evenly, and the last of each slide.

    `slide_ends` are seconds of the recording.
    """
    edge = min(cut.frames - 1, round(fade * cut.rate))
    room = cut.frames - 1 - 2 * edge
    spread = [edge + round(room * n / (_EVENLY - 1)) for n in range(_EVENLY)] if room > 0 else []
    before = (cut.frame_at(end - _BEFORE_CHANGE) for end in slide_ends)
    complete = [frame for frame in before if edge < frame < cut.frames - edge]
    return tuple(sorted({*spread, *complete})) or (cut.frames // 2,)


def _scenes(
    shots: Sequence[Shot], cut: Cut, source: Size, stage: Box
) -> Iterator[tuple[int, Scene]]:
    for shot in shots:
        first, end = cut.frame_at(shot.start), cut.frame_at(shot.end)
        if end - first >= min(_SHORTEST_TAKE, cut.frames):
            yield first, compose(shot, source, stage)


def _merged(scenes: Iterator[tuple[int, Scene]]) -> list[tuple[int, Scene]]:
    merged: list[tuple[int, Scene]] = []
    for first, scene in scenes:
        if not merged or merged[-1][1] != scene:
            merged.append((first, scene))
    return merged
