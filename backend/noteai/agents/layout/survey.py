"""Which frames are worth decoding, and decoding them."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from noteai.agents.layout.changes import AFTER
from noteai.agents.layout.params import LayoutParams
from noteai.agents.layout.reel import Grey, Reel
from noteai.agents.layout.windows import Sighting, sightings
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.frames import Frame, Sampling, frame_at, sampled
from noteai.media.packets import Packets
from noteai.media.tool import ToolFailed

_FEWEST, _DENSEST, _SHORTEST_STEP = 8, 1.0, 0.4
_EDGE, _TICK = 0.5, 1e-3
_REEL = "reel.grey"


def sampling(packets: Packets, duration: float, widest_gap: float) -> Sampling:
    """Keyframes where they are neither too rare nor all there is.

    They are thinned out only where they are usually dense: elsewhere one that follows another
    closely is a cut, and shows what may stand until the next.
    """
    keys = packets.keys
    if len(keys) > _FEWEST and len(keys) == len(packets.times):
        usual = duration / len(keys)
        return Sampling(keyframes_only=True, one_in=max(1, round(_DENSEST / usual)))
    gaps = np.diff([0.0, *keys, duration])
    if len(keys) >= _FEWEST and gaps.max() <= widest_gap:
        return Sampling(keyframes_only=True, every=_DENSEST if np.median(gaps) < _DENSEST else 0.0)
    step = float(np.clip(duration / 40, _SHORTEST_STEP, widest_gap / 4))
    return Sampling(keyframes_only=False, every=step)


def watch(
    film: Film,
    chosen: Sampling,
    extra: Sequence[float],
    params: LayoutParams,
    ffmpeg: Ffmpeg,
    on_time: Callable[[float], None],
) -> tuple[Reel, list[Sighting]]:
    """The samples, and the panels seen in pairs of them; `extra` instants are sampled too.

    A file that breaks off gives what could be read, which may be nothing.
    """
    reel = Reel(film.folder / _REEL, film.fitted(params.longest_side))
    seen: list[Sighting] = []
    previous: Grey | None = None
    frames = _frames(film, chosen, params.longest_side, ffmpeg, on_time)
    for frame in _with(frames, extra, film, params.longest_side, ffmpeg):
        if reel.times and not frame.time > reel.times[-1]:
            continue
        reel.append(frame.time, frame.grey)
        if previous is not None and not reel.is_same(len(reel) - 1):
            seen += sightings(len(reel) - 1, previous, frame.grey)
        previous = frame.grey
    return reel, seen


def _frames(
    film: Film, chosen: Sampling, longest: int, ffmpeg: Ffmpeg, on_time: Callable[[float], None]
) -> Iterator[Frame]:
    try:
        yield from sampled(film, chosen, longest, ffmpeg, on_time)
    except ToolFailed:
        return


def _with(
    frames: Iterator[Frame], extra: Sequence[float], film: Film, longest: int, ffmpeg: Ffmpeg
) -> Iterator[Frame]:
    """The frames with those of the extra instants that they do not show, in order of time."""
    waiting = sorted(extra)
    for frame in frames:
        while waiting and waiting[0] < frame.time - _EDGE:
            yield from _extra(film, waiting.pop(0), longest, ffmpeg)
        while waiting and waiting[0] < frame.time + AFTER + _TICK:
            waiting.pop(0)
        yield frame
    for time in waiting:
        yield from _extra(film, time, longest, ffmpeg)


def _extra(film: Film, time: float, longest: int, ffmpeg: Ffmpeg) -> Iterator[Frame]:
    grey = small_at(film, time, longest, ffmpeg)
    if grey is not None:
        yield Frame(time, grey)


def extra_instants(chosen: Sampling, hidden: Sequence[float]) -> list[float]:
    """The start, which may have lost its keyframe, and what no keyframe shows."""
    return [0.0, *hidden] if chosen.keyframes_only else [0.0]


def small_at(film: Film, time: float, longest: int, ffmpeg: Ffmpeg) -> Grey | None:
    """The small grey picture at any time; none where there is none or it is damaged."""
    import cv2

    try:
        picture = frame_at(film, time, film.fitted(longest), ffmpeg)
    except ToolFailed:
        return None
    return (
        None if picture is None else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    )
