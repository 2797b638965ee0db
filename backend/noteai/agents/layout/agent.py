"""The stage itself: survey, sample, find the windows, name the shots, collect the slides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from noteai.agents.layout import changes, pictures, screens, shots, survey
from noteai.agents.layout.clock import Clock
from noteai.agents.layout.deck import Deck
from noteai.agents.layout.params import LayoutParams
from noteai.agents.layout.pictures import Camera
from noteai.agents.layout.reel import Grey
from noteai.agents.layout.shots import SHOWN, Layout
from noteai.agents.layout.slides import Scene, slides, visits
from noteai.agents.layout.stretches import Stretch, looked_at, stretches
from noteai.agents.layout.windows import shown, windows
from noteai.engine.stage import Context, stage
from noteai.errors import NotApplicable
from noteai.lecture.layout import Box, LayoutTimeline, Shot
from noteai.lecture.recording import Recording
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.packets import Packets, packets
from noteai.media.tool import ToolFailed
from noteai.resources.face_finder import FaceFinder
from noteai.resources.text_reader import TextReader

_WATCHING = 0.6
"""Share of the work that is decoding the samples."""
_TAKES = 3
NOTHING_DECODED = "no picture could be decoded: the layout is not known"


@stage(version="4", queue="vision")
def layout(
    recording: Recording,
    params: LayoutParams,
    reader: TextReader,
    faces: FaceFinder,
    ffmpeg: Ffmpeg,
    ctx: Context,
) -> LayoutTimeline:
    """Shots with their boxes and slides with their visits, over the whole recording.

    Raises:
        NotApplicable: the recording has no picture.
    """
    if recording.video is None:
        raise NotApplicable(reason="the recording has no picture")
    film = Film(ctx.fetch(recording.file), recording.container, recording.video, ctx.workdir)
    known = _packets(film, ffmpeg)
    chosen = survey.sampling(known, recording.duration, params.widest_gap)
    on_time = _progress(ctx, recording.duration)
    groups = changes.groups(known, recording.duration)
    hidden = [*changes.unseen(groups), *changes.anew(groups)]
    extra = survey.extra_instants(chosen, hidden)
    reel, seen = survey.watch(film, chosen, extra, params, ffmpeg, on_time)
    if not len(reel):
        return _unknown(film, recording.duration)
    samples = looked_at(reel, shown(reel, windows(seen, reel)))
    parts = stretches(samples, faces)
    clock = Clock(film, known, groups, reel, params.longest_side, ffmpeg)
    lecture = Lecture(Camera(film, ffmpeg), clock, recording.duration, params, parts)
    return lecture.timeline(reader if params.read_text else None, ctx)


@dataclass
class Lecture:
    """What was found, on its way to be said in seconds and in the source's pixels."""

    camera: Camera
    clock: Clock
    duration: float
    params: LayoutParams
    parts: Sequence[Stretch]
    _boxes: dict[Layout, tuple[Box | None, Box | None]] = field(default_factory=dict)

    def timeline(self, reader: TextReader | None, ctx: Context) -> LayoutTimeline:
        reel, params = self.clock.reel, self.params
        ways = list(zip(self.parts, shots.layouts(reel, self.parts), strict=True))
        for way in {way for _, way in ways}:
            self._boxes[way] = self._measured(way, [part for part, each in ways if each == way])
        joined = shots.joined(ways, self.clock.edge, self.duration, params.shortest_shot)
        timed = shots.timed(joined, self.duration, self.clock.edge, self._boxes.__getitem__)
        found = slides(
            visits(reel, [self._scene(*each) for each in ways if each[0].content in SHOWN])
        )
        screen_at = ScreenOf([(part.first, self._boxes[way][0]) for part, way in ways])
        deck = Deck(self.camera, self.clock, self.duration, params.shortest_slide, screen_at)
        width, height = self.camera.size
        made = deck.slides(found, reader, ctx)
        return LayoutTimeline(width=width, height=height, shots=timed, slides=tuple(made))

    def _scene(self, part: Stretch, way: Layout) -> Scene:
        box = self._boxes[way][0]
        assert box is not None
        x, y = (
            self.camera.size[0] / self.clock.reel.width,
            self.camera.size[1] / self.clock.reel.height,
        )
        return Scene(part, (box.x / x, box.y / y, box.w / x, box.h / y))

    def _measured(self, way: Layout, parts: Sequence[Stretch]) -> tuple[Box | None, Box | None]:
        """Screen and camera in the source's pixels."""
        everything = Box(0, 0, *self.camera.size)
        if way.kind in ("camera", "board"):
            return None, everything
        if way.kind in ("blank", "unknown"):
            return None, None
        if way.screen is None and way.window is None:
            return everything, None
        return self._refined(way, self._takes(parts), everything)

    def _refined(
        self, way: Layout, takes: Sequence[Grey], everything: Box
    ) -> tuple[Box | None, Box | None]:
        reel = self.clock.reel
        small = (reel.width, reel.height)
        scale = everything.w / reel.width
        found: list[Box | None] = []
        for panel in (way.screen, way.window):
            box = screens.whole(panel, small, (everything.w, everything.h)) if panel else None
            found.append(screens.refined(box, takes, scale) if box and takes else box)
        return found[0] or everything, found[1]

    def _takes(self, parts: Sequence[Stretch]) -> list[Grey]:
        """A few full-size pictures, as far apart as can be."""
        indices = [index for part in parts for index in part.indices]
        chosen = sorted(
            {indices[round((len(indices) - 1) * k / (_TAKES - 1))] for k in range(_TAKES)}
        )
        times, is_key = self.clock.reel.times, self.clock.is_key
        taken = (self.camera.take(times[index], keyframe=is_key(index)) for index in chosen)
        return [pictures.grey_of(each) for each in taken if each is not None]


@dataclass(frozen=True)
class ScreenOf:
    """The screen's box at a sample."""

    starts: Sequence[tuple[int, Box | None]]

    def __call__(self, index: int) -> Box | None:
        return next((box for first, box in reversed(self.starts) if first <= index), None)


def _packets(film: Film, ffmpeg: Ffmpeg) -> Packets:
    """None where the container cannot be read through; the pictures are tried all the same."""
    import numpy as np

    try:
        return packets(film, ffmpeg)
    except ToolFailed:
        return Packets(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.bool_))


def _progress(ctx: Context, duration: float) -> Callable[[float], None]:
    def on_time(time: float) -> None:
        ctx.progress(min(_WATCHING, _WATCHING * time / max(duration, 1e-3)))

    return on_time


def _unknown(film: Film, duration: float) -> LayoutTimeline:
    shot = Shot(start=0, end=duration, kind="unknown", confidence=0.0, screen=None, camera=None)
    return LayoutTimeline(
        width=film.track.width, height=film.track.height, shots=(shot,), slides=(),
        warnings=(NOTHING_DECODED,),
    )  # fmt: skip
