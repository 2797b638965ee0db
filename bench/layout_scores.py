"""How near a found layout comes to the true one."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from noteai.lecture.layout import Box, LayoutTimeline, Shot
from noteai.sample.truth import TrueShot, Truth

STEP, NEAR = 0.1, 1.0
"""Seconds: between two looks, and between a true change and one that counts as found."""


def _instants(duration: float) -> Sequence[float]:
    return [float(each) for each in np.arange(STEP / 2, duration, STEP)]


def _at(shots: Sequence[Shot] | Sequence[TrueShot], instant: float) -> Shot | TrueShot:
    return next((each for each in shots if each.contains(instant)), shots[-1])


def _pairs(
    truth: Truth, found: LayoutTimeline
) -> Iterator[tuple[Shot | TrueShot, Shot | TrueShot]]:
    for instant in _instants(truth.duration):
        yield _at(truth.shots, instant), _at(found.shots, instant)


def macro_f1(truth: Truth, found: LayoutTimeline) -> float:
    """Mean over the kinds that are true of something of F1 in steps of a tenth of a second."""
    kinds = [(true.kind, said.kind) for true, said in _pairs(truth, found)]
    return float(np.mean([_kind_f1(kinds, kind) for kind in {true for true, _ in kinds}]))


def _kind_f1(kinds: Sequence[tuple[str, str]], kind: str) -> float:
    both = sum(true == said == kind for true, said in kinds)
    return 2 * both / sum((true == kind) + (said == kind) for true, said in kinds)


def mean_iou(truth: Truth, found: LayoutTimeline) -> float:
    """Over all instants and all boxes that are true; a box not found counts as 0."""
    pairs = list(_pairs(truth, found))
    screens = [iou(true.screen, said.screen) for true, said in pairs if true.screen]
    return float(np.mean(screens + [iou(t.camera, s.camera) for t, s in pairs if t.camera]))


def iou(a: Box, b: Box | None) -> float:
    if b is None:
        return 0.0
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    both = max(0, width) * max(0, height)
    return both / (a.w * a.h + b.w * b.h - both)


def changes(found: LayoutTimeline) -> list[float]:
    """When a slide is shown that is not the one shown last."""
    shown = sorted((visit.start, each.id) for each in found.slides for visit in each.visits)
    return [b[0] for a, b in itertools.pairwise(shown) if a[1] != b[1]]


def f1(true: Sequence[float], said: Sequence[float]) -> float:
    """Each true time is matched by one said time at most."""
    left, hits = list(said), 0
    for each in true:
        near = min(left, key=lambda other: abs(other - each), default=None)
        if near is not None and abs(near - each) <= NEAR:
            left.remove(near)
            hits += 1
    return 2 * hits / max(1, len(true) + len(said))
