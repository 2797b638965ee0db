"""Filter graphs as text: pure functions of numbers and of file names that are ours.

No word of a user stands in a graph: captions and titles are read from files with fixed
names.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from noteai.frozen import Frozen
from noteai.lecture.layout import Box
from noteai.media.cuts import Cut

SAMPLE_RATE = 48_000
BACKDROP = "0x14181d"
WAVE = "0x6fb1ff"
CAPTIONS_FILE = "captions.ass"
FONTS_FOLDER = "fonts"
LOUDNESS_FILE = "loudness.txt"
LIMIT_HEADROOM = 1.0
"""dB by which the limiter stays under the true peak asked for: samples at 48 kHz miss peaks
between them, and AAC adds a little. Tuned on the speech of the media set."""
_LIMITED = "out_range=tv"
"""Said at each scaler: one that may choose takes the full range, since snapshots are JPEG."""
_SEAM = SAMPLE_RATE // 200
_GAP = 0.02


class Panel(Frozen):
    """A part of the source's picture and the rectangle of the canvas that it fills.

    `cover` is a part of `source` that is painted over, because a panel of its own shows it.
    """

    source: Box
    target: Box
    cover: Box | None = None


class Scene(Frozen):
    """Panels on the backdrop, the first at the bottom."""

    panels: tuple[Panel, ...]


class Take(Frozen):
    """A scene that stands for the clip's frames `first` to before `end`."""

    first: int
    end: int
    scene: Scene


class Picture(Frozen):
    """How a clip looks: the upright source, the canvas, and its takes in order."""

    index: int
    source: tuple[int, int]
    canvas: tuple[int, int]
    takes: tuple[Take, ...]
    snapshots: tuple[int, ...]
    """Frames of the clip that are written as candidates for its thumbnail."""


def video(picture: Picture, cut: Cut, fade: float, *, captioned: bool) -> str:
    """From the source's picture to `[video]`, and to `[snapshots]`."""
    takes = len(picture.takes)
    forks = "".join(f"[t{n}]" for n in range(takes)) if takes > 1 else "[t0]"
    whole = _chain(*_frames(picture, cut), f"split={takes}" if takes > 1 else "null")
    parts = [f"[0:{picture.index}]{whole}{forks}"]
    for n, take in enumerate(picture.takes):
        parts += _take(take, n, picture, alone=takes == 1)
    joined = "".join(f"[c{n}]" for n in range(takes))
    join = f"concat=n={takes}:v=1:a=0" if takes > 1 else "null"
    parts.append(f"{joined}{_chain(join, _stamp(cut.rate), 'split')}[played][seen]")
    shots = "+".join(f"eq(n,{frame})" for frame in picture.snapshots)
    parts.append(f"[seen]select='{shots}'[snapshots]")
    parts.append(f"[played]{finish(cut, fade, captioned=captioned)}[video]")
    return ";".join(parts)


def finish(cut: Cut, fade: float, *, captioned: bool) -> str:
    """Captions, fades and the pixel format of the encoder."""
    return _chain(captions() if captioned else "", *_fades(cut, fade), "setsar=1", "format=yuv420p")


def captions() -> str:
    """The captions and titles of the file in the working folder, drawn by libass."""
    return f"ass={CAPTIONS_FILE}:fontsdir={FONTS_FOLDER}"


def audio(index: int, cut: Cut, label: str) -> str:
    """The kept sound of a track as 48 kHz stereo, gaps and a late start filled."""
    end = _samples(cut.kept[-1][1], cut.rate)
    steady = _chain(
        f"atrim=start={cut.lead:.6f}",
        f"asetpts=PTS-{cut.lead:.6f}/TB",
        f"aresample={SAMPLE_RATE}:async=1:min_hard_comp={_GAP}:first_pts=0",
        "aformat=sample_fmts=fltp:channel_layouts=stereo",
        "apad",
        f"atrim=end_sample={end}",
    )
    if len(cut.kept) == 1:
        return f"[0:{index}]{steady}[{label}]"
    names = [f"{label}{n}" for n in range(len(cut.kept))]
    forks = "".join(f"[{name}]" for name in names)
    pieces = [
        f"[{name}]{_piece(kept, cut)}[{name}p]" for name, kept in zip(names, cut.kept, strict=True)
    ]
    joined = "".join(f"[{name}p]" for name in names)
    return ";".join(
        [
            f"[0:{index}]{steady},asplit={len(names)}{forks}",
            *pieces,
            f"{joined}concat=n={len(names)}:v=0:a=1[{label}]",
        ]
    )


def level(gain: float, true_peak: float, cut: Cut, fade: float) -> str:
    """Raise by `gain` dB, hold peaks under `true_peak` dB, fade in and out."""
    limit = 10 ** ((true_peak - LIMIT_HEADROOM) / 20)
    end = cut.length - fade
    fades = (f"afade=t=in:d={fade}", f"afade=t=out:st={end:.6f}:d={fade}") if fade else ()
    limiter = f"alimiter=limit={limit:.5f}:attack=3:release=60:level=0:latency=1"
    return _chain(f"volume={gain:.3f}dB", limiter, *fades)


def loudness() -> str:
    """Write the running loudness (EBU R128) and peak to a file in the working folder."""
    return (
        "ebur128=metadata=1:peak=sample:framelog=quiet,"
        f"ametadata=mode=print:file={LOUDNESS_FILE},"
        f"aresample={SAMPLE_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo"
    )


def audiogram(canvas: tuple[int, int], wave: Box, cut: Cut, fade: float, *, captioned: bool) -> str:
    """From the sound `[heard]` to `[video]`: its wave on the backdrop, with the captions."""
    width, height = canvas
    rate = _ratio(cut.rate)
    return (
        f"color=c={BACKDROP}:s={width}x{height}:r={rate},trim=end_frame={cut.frames}[ground];"
        "[heard]aformat=channel_layouts=mono,"
        f"showwaves=s={wave.w}x{wave.h}:mode=cline:draw=full:r={rate}:colors={WAVE}:scale=sqrt,"
        f"tpad=stop_mode=clone:stop=-1[wave];"
        f"[ground][wave]overlay={wave.x}:{wave.y}:shortest=1,scale={_LIMITED},"
        f"{_stamp(cut.rate)},split[played][seen];[seen]select='eq(n,{cut.frames // 2})'[snapshots];"
        f"[played]{finish(cut, fade, captioned=captioned)}[video]"
    )


def _frames(picture: Picture, cut: Cut) -> Iterator[str]:
    """The kept frames at a constant rate: at each instant the frame that is then shown.

    A picture that ended before the cut stands still in it, and one that begins late stands
    still until then: so the grid of frames is laid twice, with the last frame repeated between.
    """
    width, height = picture.source
    rate = _ratio(cut.rate)
    yield f"setpts=PTS-{cut.lead:.6f}/TB" if cut.lead else ""
    yield f"fps={rate},tpad=stop_mode=clone:stop=-1,fps={rate}:start_time=0"
    yield f"scale={width}:{height}:{_LIMITED}"
    yield "setsar=1"
    yield f"trim=end_frame={cut.kept[-1][1]}"
    if len(cut.kept) > 1:
        kept = "+".join(f"between(n,{first},{end - 1})" for first, end in cut.kept)
        yield f"select='{kept}'"
    yield _stamp(cut.rate)


def _take(take: Take, n: int, picture: Picture, *, alone: bool) -> list[str]:
    """From `[t<n>]` to `[c<n>]`, the canvas with the take's panels."""
    span = "" if alone else f"trim=start_frame={take.first}:end_frame={take.end}"
    panels = take.scene.panels
    forks = "".join(f"[t{n}p{k}]" for k in range(len(panels)))
    fork = f"split={len(panels)}" if len(panels) > 1 else "null"
    restart = "" if alone else "setpts=PTS-STARTPTS"
    strips = _strips(panels, picture.canvas)
    laid = _stacked(panels, strips, n, picture) if strips else _overlaid(panels, n, picture)
    return [f"[t{n}]{_chain(span, restart, fork)}{forks}", *laid]


def _overlaid(panels: Sequence[Panel], n: int, picture: Picture) -> Iterator[str]:
    """The first panel on the backdrop, and the others upon it."""
    ground, *above = panels
    shaped = _chain(*_shape(ground, picture.source), *_pad(ground.target, picture.canvas))
    yield f"[t{n}p0]{shaped}[{'c' if not above else 'g'}{n}]"
    for k, panel in enumerate(above, start=1):
        below = f"g{n}" if k == 1 else f"g{n}x{k - 1}"
        out = f"c{n}" if k == len(above) else f"g{n}x{k}"
        yield f"[t{n}p{k}]{_chain(*_shape(panel, picture.source))}[p{n}x{k}]"
        place = f"overlay={panel.target.x}:{panel.target.y}"
        yield f"[{below}][p{n}x{k}]{place}[{out}]"


def _strips(panels: Sequence[Panel], canvas: tuple[int, int]) -> tuple[Box, ...]:
    """A half of the canvas for each of two panels that lie beside or below each other.

    Nothing where they do not, or where chroma, which has a sample for two pixels, is shared.
    """
    if len(panels) != 2 or any(panel.target[axis] % 2 for panel in panels for axis in (0, 1)):
        return ()
    one, other = (panel.target for panel in panels)
    width, height = canvas
    if one.x + one.w <= other.x or other.x + other.w <= one.x:
        seam = max(one.x, other.x)
        halves = Box(0, 0, seam, height), Box(seam, 0, width - seam, height)
        return halves if one.x < other.x else halves[::-1]
    if one.y + one.h <= other.y or other.y + other.h <= one.y:
        seam = max(one.y, other.y)
        halves = Box(0, 0, width, seam), Box(0, seam, width, height - seam)
        return halves if one.y < other.y else halves[::-1]
    return ()


def _stacked(
    panels: Sequence[Panel], strips: Sequence[Box], n: int, picture: Picture
) -> Iterator[str]:
    """Each panel on its strip of the backdrop: the same picture as laid over each other, without
    the blending, which costs more than the rest of it.
    """
    for k, (panel, strip) in enumerate(zip(panels, strips, strict=True)):
        x, y, width, height = panel.target
        place = Box(x - strip.x, y - strip.y, width, height)
        shape = *_shape(panel, picture.source), "format=yuv420p"
        yield f"[t{n}p{k}]{_chain(*shape, *_pad(place, (strip.w, strip.h)))}[p{n}x{k}]"
    order = sorted(range(len(strips)), key=lambda k: strips[k])
    join = "hstack" if strips[0].x != strips[1].x else "vstack"
    yield "".join(f"[p{n}x{k}]" for k in order) + f"{join}[c{n}]"


def _shape(panel: Panel, source: tuple[int, int]) -> Iterator[str]:
    """Cover, crop and scale, each only where it changes something."""
    box, (_, _, width, height) = panel.source, panel.target
    if panel.cover:
        yield "drawbox={}:{}:{}:{}:color={}:t=fill".format(*panel.cover, BACKDROP)
    if box != (0, 0, *source):
        yield f"crop={box.w}:{box.h}:{box.x}:{box.y}"
    if (box.w, box.h) != (width, height):
        yield f"scale={width}:{height}:flags=bicubic:{_LIMITED},setsar=1"


def _pad(target: Box, canvas: tuple[int, int]) -> Sequence[str]:
    if target == (0, 0, *canvas):
        return ()
    return (f"pad={canvas[0]}:{canvas[1]}:{target.x}:{target.y}:color={BACKDROP}",)


def _fades(cut: Cut, fade: float) -> Sequence[str]:
    frames = round(fade * cut.rate)
    if not frames:
        return ()
    return f"fade=t=in:s=0:n={frames}", f"fade=t=out:s={cut.frames - frames}:n={frames}"


def _piece(kept: tuple[int, int], cut: Cut) -> str:
    """A kept stretch of sound, its edges softened so that the seam does not click."""
    first, end = (_samples(frame, cut.rate) for frame in kept)
    return (
        f"atrim=start_sample={first}:end_sample={end},asetpts=PTS-STARTPTS,"
        f"afade=t=in:ns={_SEAM},afade=t=out:ss={max(0, end - first - _SEAM)}:ns={_SEAM}"
    )


def _stamp(rate: Fraction) -> str:
    """Number the frames anew: no rounding of times adds up."""
    return f"setpts=N/({_ratio(rate)}*TB)"


def _ratio(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _samples(frame: int, rate: Fraction) -> int:
    return round(frame / rate * SAMPLE_RATE)


def _chain(*filters: str) -> str:
    return ",".join(each for each in filters if each) or "null"
