"""What the picture shows when: scenes, cut in the pauses between sentences."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from noteai.lecture.layout import Box, ShotKind
from noteai.sample.recital import Recital
from noteai.sample.script import Script
from noteai.sample.slides import HEIGHT, WIDTH, Page
from noteai.sample.truth import SpokenSentence, TrueShot, TrueSlide
from noteai.timeline import Span, merge, span

FRAME_RATE = 15
WHOLE = Box(0, 0, WIDTH, HEIGHT)
_PATTERNS: tuple[tuple[str, ...], ...] = (
    ("camera", "inset b"),
    ("side by side",),
    ("slides", "board"),
    ("inset a", "inset b"),
    ("slides",),
    ("inset a",),
)
_KINDS: dict[str, ShotKind] = {
    "camera": "camera",
    "inset a": "slides_inset",
    "inset b": "slides_inset",
    "side by side": "side_by_side",
    "slides": "slides",
    "board": "board",
    "blank": "blank",
}


@dataclass(frozen=True)
class Scene:
    """A stretch in which nothing changes but the lecturer and the writing on the board.

    `start` and `end` are places of frames; `page` is a place in the deck, of which `build`
    bullets are shown.
    """

    start: int
    end: int
    look: str
    page: int | None
    build: int
    section: int

    @property
    def kind(self) -> ShotKind:
        return _KINDS[self.look]


@dataclass(frozen=True)
class Stage:
    """Where the windows are in each look: boxes of screen and camera."""

    boxes: dict[str, tuple[Box | None, Box | None]]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Stage":
        wide = int(rng.choice([288, 320, 352]))
        inset = (wide, wide * 9 // 16 // 2 * 2)
        margin = int(rng.choice([0, 16, 24]))
        corners = rng.permutation([1, 3])
        boxes: dict[str, tuple[Box | None, Box | None]] = {
            "inset a": (WHOLE, corner(int(corners[0]), inset, margin)),
            "inset b": (WHOLE, corner(int(corners[1]), inset, margin)),
            "side by side": _halves(rng),
            "slides": (WHOLE, None),
            "camera": (None, WHOLE),
            "board": (None, WHOLE),
            "blank": (None, None),
        }
        return cls(boxes)


def corner(which: int, size: tuple[int, int], margin: int) -> Box:
    """A window in the corner 0 (upper left), 1 (upper right), 2 or 3 (lower ones)."""
    wide, high = size
    x = margin if which % 2 == 0 else WIDTH - margin - wide
    y = margin if which < 2 else HEIGHT - margin - high
    return Box(x, y, wide, high)


def _halves(rng: np.random.Generator) -> tuple[Box, Box]:
    high = int(rng.choice([212, 472]))
    if rng.random() < 0.5:
        return Box(24, 124, 840, 472), Box(880, 124, 376, high)
    return Box(416, 124, 840, 472), Box(24, 124, 376, high)


def storyboard(
    script: Script, deck: Sequence[Page], recital: Recital, rng: np.random.Generator
) -> list[Scene]:
    """Scenes that cover the recital."""
    patterns = [*rng.permutation(4), *rng.permutation([4, 5])]
    scenes: list[Scene] = []
    for place in range(len(script.sections)):
        pattern = _PATTERNS[patterns[place % len(patterns)]]
        spoken = [each for each in recital.sentences if each.topic == place]
        cuts = [_frame(_cut(each, recital)) for each in spoken]
        cuts.append(_frame(recital.duration) if place + 1 == len(script.sections) else cuts[-1])
        looks = [pattern[i * len(pattern) // len(spoken)] for i in range(len(spoken))]
        pages = list(_pages(spoken, place, deck, is_first=place == 0))
        scenes += [
            Scene(start, end, look, page, build, place)
            for (start, end), look, (page, build) in zip(
                itertools.pairwise(cuts), looks, pages, strict=True
            )
        ]
    joined = _joined(scenes, _frame(recital.duration))
    return _blanked(_returned(joined, recital.sentences, deck), recital)


def _frame(second: float) -> int:
    return round(second * FRAME_RATE)


def _cut(sentence: SpokenSentence, recital: Recital) -> float:
    """The middle of the silence before a sentence; the very first cut is at 0."""
    before = [each for each in recital.silences if abs(each.end - sentence.start) < 1e-6]
    if not before:
        return sentence.start
    return 0.0 if before[0].kind == "head" else before[0].middle


def _pages(
    spoken: Sequence[SpokenSentence], place: int, deck: Sequence[Page], *, is_first: bool
) -> Iterator[tuple[int, int]]:
    """The page and the number of its bullets during each sentence.

    The bullets come one by one, then the figure.
    """
    bullets, figure = 2 + 2 * place, 3 + 2 * place
    lead = 3 if is_first and len(spoken) > 6 else 1 if is_first else 0
    turn = lead + max(2, round(0.65 * (len(spoken) - lead)))
    for at in range(len(spoken)):
        if at < lead:
            yield (0, 1) if at + 1 < lead else (1, deck[1].builds)
        elif at < turn:
            yield bullets, min(deck[bullets].builds, at - lead + 1)
        else:
            yield figure, 1


def _joined(scenes: list[Scene], last: int) -> list[Scene]:
    """Each scene until the next; looks without a screen show no page."""
    ends = [*(each.start for each in scenes[1:]), last]
    joined = [replace(each, end=end) for each, end in zip(scenes, ends, strict=True)]
    return [
        each if each.look not in ("camera", "board") else replace(each, page=None, build=0)
        for each in joined
    ]


def _returned(
    scenes: list[Scene], spoken: Sequence[SpokenSentence], deck: Sequence[Page]
) -> list[Scene]:
    """In every other section the lecturer goes back to a slide from before, for a sentence.

    It is the one that leans on what was said, where a slide is in the picture then. There is
    one scene for each sentence.
    """
    told = list(scenes)
    for section in range(1, scenes[-1].section + 1, 2):
        mine = [at for at, s in enumerate(scenes) if s.section == section and s.page is not None]
        shown = [s.page for s in scenes if s.section < section and s.page is not None]
        if len(mine) >= 3 and shown:
            at = next((at for at in mine[1:-1] if spoken[at].dangling), mine[1])
            told[at] = replace(told[at], page=shown[-1], build=deck[shown[-1]].builds)
    return told


def _blanked(scenes: list[Scene], recital: Recital) -> list[Scene]:
    """The projector is off for the middle of the long break."""
    pause = next((each for each in recital.silences if each.kind == "break"), None)
    if pause is None:
        return scenes
    start, end = _frame(pause.start + 1.5), _frame(pause.middle)
    before = [replace(each, end=min(each.end, start)) for each in scenes if each.start < start]
    after = [replace(each, start=max(each.start, end)) for each in scenes if each.end > end]
    return [*before, Scene(start, end, "blank", None, 0, before[-1].section), *after]


def shots(scenes: Iterable[Scene], stage: Stage) -> tuple[TrueShot, ...]:
    """Stretches of one look."""
    return tuple(
        TrueShot(
            start=group[0].start / FRAME_RATE,
            end=group[-1].end / FRAME_RATE,
            kind=group[0].kind,
            screen=stage.boxes[look][0],
            camera=stage.boxes[look][1],
        )
        for look, group in ((k, list(g)) for k, g in itertools.groupby(scenes, lambda s: s.look))
    )


def visited(scenes: Sequence[Scene], deck: Sequence[Page]) -> tuple[TrueSlide, ...]:
    """Every page that is shown, with its visits, in order of first showing."""
    visits: dict[int, list[Span]] = {}
    for each in scenes:
        if each.page is not None:
            stretch = span(each.start / FRAME_RATE, each.end / FRAME_RATE)
            visits.setdefault(each.page, []).append(stretch)
    return tuple(
        TrueSlide(
            id=f"v{place}",
            title=deck[page].title,
            text=deck[page].text,
            visits=tuple(merge(stretches)),
        )
        for place, (page, stretches) in enumerate(visits.items())
    )


def changes(scenes: Sequence[Scene]) -> tuple[float, ...]:
    """When a page appears that is not the one shown last."""
    shown = [each for each in scenes if each.page is not None]
    return tuple(b.start / FRAME_RATE for a, b in itertools.pairwise(shown) if a.page != b.page)


def builds(scenes: Sequence[Scene]) -> tuple[float, ...]:
    """When a bullet joins the page that was shown until then."""
    pairs = itertools.pairwise(scenes)
    return tuple(b.start / FRAME_RATE for a, b in pairs if a.page == b.page and a.build < b.build)
