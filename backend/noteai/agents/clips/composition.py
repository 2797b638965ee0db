"""Where slides and speaker stand in a clip: from the layout to panels on a canvas.

Slides are whole and as large as possible, the speaker stands beside or below them, and a
layout that is not known is shown as it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from noteai.lecture.clips import Aspect
from noteai.lecture.layout import Box, Shot
from noteai.media.filters import Panel, Scene

_RATIOS: dict[Aspect, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
_WHOLE = 0.9
"""A region that fills this share of the picture is the picture: cropping gains nothing."""
_MOST_COVERED = 0.25
"""A camera over more of the slides than this share is no inset that could be lifted out."""
_BESIDE, _BELOW = 0.22, 0.25
"""Shares of the stage's width and height that the speaker has at least."""
_GAP = 0.012
_LARGEST_ZOOM = 3.0
"""How much more than the slides a small camera picture may be enlarged."""
_BAND_LINES = 2.3
_TALL_MARGIN = 0.1
"""Share of a tall canvas under the captions, where phones put their buttons."""
_UNDER = 0.3
"""Lines between a panel and the captions right under it."""

Panels = tuple[Panel, ...]


class Size(NamedTuple):
    w: int
    h: int


class Canvas(NamedTuple):
    """The clip's picture: `stage` is for panels, `band` for captions, apart from all panels."""

    size: Size
    stage: Box
    band: Box


def canvas(source: Size, aspect: Aspect, short_side: int, *, captioned: bool) -> Canvas:
    """The smallest canvas of the shape that holds the source unscaled, of even size.

    Where the shape changes, its short side has at most `short_side` pixels. The band is
    taken from the stage only when captions are drawn.
    """
    size = _canvas_size(source, aspect, short_side)
    height = _even(_BAND_LINES * caption_size(size))
    bottom = _even(size.h * (1 - _TALL_MARGIN)) if size.h > size.w else size.h
    band = Box(0, bottom - height, size.w, height)
    return Canvas(size, Box(0, 0, size.w, band.y if captioned else size.h), band)


def close(made: Canvas, scenes: Sequence[Scene]) -> Canvas:
    """With the band right under the panel, where each scene of a tall canvas has but one.

    Slide and words are read together, and a wide slide leaves most of a tall canvas empty.
    """
    alone = [scene.panels[0].target for scene in scenes if len(scene.panels) == 1]
    if made.size.h <= made.size.w or not alone or len(alone) < len(scenes):
        return made
    lowest = max(target.y + target.h for target in alone)
    y = _even(lowest + _UNDER * caption_size(made.size))
    return made._replace(band=made.band._replace(y=min(y, made.band.y)))


def caption_columns(size: Size) -> int:
    """Columns of a caption drawn into the picture: fewer and larger ones on a tall canvas."""
    return 28 if size.h > size.w else 42


def caption_size(size: Size) -> int:
    """Line height of captions in pixels, with which `caption_columns` fit in the width."""
    return max(8, round(min(0.062 * size.h, 2.2 * size.w / caption_columns(size))))


def compose(shot: Shot | None, source: Size, stage: Box) -> Scene:
    """Panels for a shot; None or a shot of an unknown layout is fitted whole."""
    whole = Box(0, 0, *source)
    if shot is None:
        return Scene(panels=_fitted(whole, stage))
    screen, camera = _region(shot.screen, source), _region(shot.camera, source)
    if shot.kind in ("slides_inset", "side_by_side") and screen and camera:
        return Scene(panels=_together(screen, camera, whole, stage))
    region = {"slides": screen, "camera": camera}.get(shot.kind)
    return Scene(panels=_fitted(region or whole, stage))


def _together(screen: Box, camera: Box, whole: Box, stage: Box) -> Panels:
    """The arrangement with the largest slides; the picture as it is wins a draw."""
    as_it_is = _fitted(whole, stage)
    shared = _shared(screen, camera)
    if shared and _area(shared) > _MOST_COVERED * _area(screen):
        return as_it_is
    slides = Panel(source=screen, target=screen, cover=shared)
    choices = (as_it_is, _beside(slides, camera, stage), _below(slides, camera, stage))
    return max(choices, key=_zoom)


def _beside(slides: Panel, camera: Box, stage: Box) -> Panels:
    """Slides and camera on the sides where they are in the recording."""
    gap = _even(_GAP * stage.w)
    room = stage.w - gap
    large = _fit(slides.source, Size(room - _even(_BESIDE * stage.w), stage.h))
    zoom = _LARGEST_ZOOM * large.w / slides.source.w
    small = _fit(camera, Size(room - large.w, stage.h), zoom)
    left = stage.x + _even((room - large.w - small.w) / 2)
    first, second = (large, small) if _centre(camera) >= _centre(slides.source) else (small, large)
    places = (_centred(first, left, stage), _centred(second, left + first.w + gap, stage))
    at_large, at_small = places if first is large else places[::-1]
    return slides.model_copy(update={"target": at_large}), Panel(source=camera, target=at_small)


def _below(slides: Panel, camera: Box, stage: Box) -> Panels:
    """Slides above, camera below."""
    gap = _even(_GAP * stage.h)
    room = stage.h - gap
    large = _fit(slides.source, Size(stage.w, room - _even(_BELOW * stage.h)))
    zoom = _LARGEST_ZOOM * large.w / slides.source.w
    small = _fit(camera, Size(stage.w, room - large.h), zoom)
    top = stage.y + _even((room - large.h - small.h) / 2)
    above = Box(stage.x + _even((stage.w - large.w) / 2), top, *large)
    under = Box(stage.x + _even((stage.w - small.w) / 2), top + large.h + gap, *small)
    return slides.model_copy(update={"target": above}), Panel(source=camera, target=under)


def _fitted(region: Box, stage: Box) -> Panels:
    """One panel, as large as the stage allows, in its middle."""
    size = _fit(region, Size(stage.w, stage.h))
    x = stage.x + _even((stage.w - size.w) / 2)
    return (Panel(source=region, target=_centred(size, x, stage)),)


def _centred(size: Size, x: int, stage: Box) -> Box:
    return Box(x, stage.y + _even((stage.h - size.h) / 2), *size)


def _fit(region: Box, room: Size, zoom: float = 1e9) -> Size:
    """The size of the region, scaled to fit; unscaled it may be odd."""
    scale = min(room.w / region.w, room.h / region.h, zoom)
    # Bars of a pixel or two are better than resampling everything.
    unscaled = 0 <= room.w - region.w <= 2 or 0 <= room.h - region.h <= 2
    if unscaled and scale >= 1:
        return Size(region.w, region.h)
    return Size(max(2, _even(region.w * scale)), max(2, _even(region.h * scale)))


def _zoom(panels: Panels) -> float:
    return panels[0].target.w / panels[0].source.w


def _region(box: Box | None, source: Size) -> Box | None:
    """The box on even pixels, grown rather than shrunk; nearly everything is everything."""
    if box is None:
        return None
    x, y = max(0, box.x) // 2 * 2, max(0, box.y) // 2 * 2
    right = min(source.w // 2 * 2, -(-(box.x + box.w) // 2) * 2)
    bottom = min(source.h // 2 * 2, -(-(box.y + box.h) // 2) * 2)
    if right - x < 2 or bottom - y < 2:
        return None
    if (right - x) * (bottom - y) >= _WHOLE * source.w * source.h:
        return Box(0, 0, *source)
    return Box(x, y, right - x, bottom - y)


def _shared(a: Box, b: Box) -> Box | None:
    x, y = max(a.x, b.x), max(a.y, b.y)
    w, h = min(a.x + a.w, b.x + b.w) - x, min(a.y + a.h, b.y + b.h) - y
    return Box(x, y, w, h) if w > 0 and h > 0 else None


def _canvas_size(source: Size, aspect: Aspect, short_side: int) -> Size:
    kept = Size(source.w + source.w % 2, source.h + source.h % 2)
    if aspect == "source":
        return kept
    across, down = _RATIOS[aspect]
    unit = max(source.w / across, source.h / down)
    size = Size(max(kept.w, _even(across * unit)), max(kept.h, _even(down * unit)))
    if size == kept or min(size) <= short_side:
        return size
    scale = short_side / min(across, down)
    return Size(_even(across * scale), _even(down * scale))


def _area(box: Box) -> int:
    return box.w * box.h


def _centre(box: Box) -> float:
    return box.x + box.w / 2


def _even(pixels: float) -> int:
    """The nearest even number."""
    return 2 * round(pixels / 2)
