"""The slides: a drawn deck, and what is said of each in the truth."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from noteai.frozen import Frozen
from noteai.sample.script import Script, Section

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, RGB."""
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1280, 720
_MARGIN = 80
_TITLE_WIDTH = 790


class Page(Frozen):
    """One slide: bullets that appear one by one, or a figure that is there at once."""

    title: str
    bullets: tuple[str, ...] = ()
    formula: str = ""
    section: Section | None = None
    """Whose figure it shows."""

    @property
    def builds(self) -> int:
        """How many states it has: with one bullet, with two, and so on."""
        return max(1, len(self.bullets))

    @property
    def text(self) -> str:
        labels = tuple(filter(None, self.section.labels)) if self.section else ()
        parts = (self.title, *self.bullets, self.formula, *(each.strip() for each in labels))
        return "\n".join(filter(None, parts))


@dataclass(frozen=True)
class Theme:
    """How a deck looks: drawn by the seed."""

    paper: Colour
    ink: Colour
    accent: Colour
    size: int
    bar: str
    footer: str

    @classmethod
    def drawn(cls, rng: np.random.Generator, footer: str) -> "Theme":
        paper, ink, accent = _COLOURS[int(rng.integers(len(_COLOURS)))]
        bar = str(rng.choice(["top", "left", "line"]))
        return cls(paper, ink, accent, int(rng.integers(34, 41)), bar, footer)


_COLOURS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((255, 255, 255), (34, 38, 46), (28, 78, 140)),
    ((250, 247, 240), (50, 40, 34), (150, 62, 34)),
    ((245, 249, 252), (20, 40, 60), (0, 118, 129)),
    ((24, 30, 44), (232, 236, 242), (240, 168, 60)),
    ((255, 255, 255), (40, 40, 40), (96, 48, 128)),
)


def deck(script: Script) -> list[Page]:
    """A title page, a plan, and for each section its bullets and its figure."""
    titles = tuple(each.title for each in script.sections)
    plan = titles[:7] + (("and more",) if len(titles) > 7 else ())
    pages = [Page(title=script.title), Page(title="Plan for today", formula="", bullets=plan)]
    for each in script.sections:
        pages.append(Page(title=each.title, bullets=each.bullets, formula=each.formula))
        pages.append(Page(title=f"{each.title}: {_HEADINGS[each.figure]}", section=each))
    return pages


_HEADINGS = {
    "flow": "step by step",
    "table": "overview",
    "code": "in code",
    "graph": "a small network",
    "chart": "measured",
}


def draw(page: Page, build: int, number: int, theme: Theme) -> Picture:
    """The page with its first `build` bullets, as 1280 x 720 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), theme.paper)
    pen = ImageDraw.Draw(image)
    _frame(pen, theme, number)
    if not page.bullets and page.section is None:
        _cover(pen, page, theme)
    else:
        pen.text((_MARGIN, 52), page.title, theme.ink, _fitting(page.title, theme.size + 14))
        _bullets(pen, page, build, theme)
        if page.section:
            _FIGURES[page.section.figure](pen, page.section.labels, theme)
    return np.asarray(image)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _fitting(title: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font in which the title leaves the upper right corner to the camera."""
    wide = font(size).getlength(title)
    return font(min(size, int(size * _TITLE_WIDTH / wide)))


def _frame(pen: ImageDraw.ImageDraw, theme: Theme, number: int) -> None:
    boxes = {
        "top": (0, 0, WIDTH, 14),
        "left": (0, 0, 22, HEIGHT),
        "line": (_MARGIN, 132, WIDTH - _MARGIN, 136),
    }
    pen.rectangle(boxes[theme.bar], theme.accent)
    faint = _mixed(theme.ink, theme.paper, 0.55)
    pen.text((_MARGIN, HEIGHT - 48), theme.footer, faint, font(20))
    pen.text((WIDTH - _MARGIN, HEIGHT - 48), str(number), faint, font(20), anchor="ra")


def _cover(pen: ImageDraw.ImageDraw, page: Page, theme: Theme) -> None:
    pen.rectangle((0, 230, WIDTH, 420), theme.accent)
    pen.text((WIDTH / 2, 325), page.title, (255, 255, 255), font(72), anchor="mm")
    pen.text((WIDTH / 2, 480), "Lecture notes with exercises", theme.ink, font(34), anchor="mm")


def _bullets(pen: ImageDraw.ImageDraw, page: Page, build: int, theme: Theme) -> None:
    step = min(96, 440 // max(1, len(page.bullets)))
    for place, bullet in enumerate(page.bullets[:build]):
        top = 178 + place * step
        side = theme.size // 3
        pen.rectangle((_MARGIN, top + side, _MARGIN + side, top + 2 * side), theme.accent)
        pen.text((_MARGIN + 44, top), bullet, theme.ink, font(theme.size))
    if page.formula and build >= len(page.bullets):
        pen.rectangle((_MARGIN, 560, _MARGIN + 740, 636), _mixed(theme.accent, theme.paper, 0.85))
        pen.text((_MARGIN + 28, 598), page.formula, theme.ink, font(theme.size - 2), anchor="lm")


def _flow(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], theme: Theme) -> None:
    width = (WIDTH - 2 * _MARGIN - 60 * (len(labels) - 1)) / len(labels)
    for place, label in enumerate(labels):
        left = _MARGIN + place * (width + 60)
        box = (left, 300, left + width, 420)
        pen.rounded_rectangle(box, 14, _mixed(theme.accent, theme.paper, 0.8), theme.accent, 4)
        pen.text((left + width / 2, 360), label, theme.ink, font(theme.size - 8), anchor="mm")
        if place + 1 < len(labels):
            _arrow(pen, (left + width + 6, 360), (left + width + 54, 360), theme.ink)


def _table(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], theme: Theme) -> None:
    width = (WIDTH - 2 * _MARGIN) / 3
    for place, label in enumerate(labels):
        row, column = divmod(place, 3)
        left, top = _MARGIN + column * width, 230 + row * 66
        fill = (
            theme.accent if row == 0 else _mixed(theme.accent, theme.paper, 0.95 - 0.1 * (row % 2))
        )
        ink = (255, 255, 255) if row == 0 else theme.ink
        pen.rectangle((left, top, left + width - 4, top + 62), fill)
        pen.text((left + 24, top + 31), label, ink, font(theme.size - 4), anchor="lm")


def _code(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], theme: Theme) -> None:
    pen.rectangle((_MARGIN, 170, WIDTH - _MARGIN, 620), (32, 36, 44), theme.accent, 3)
    for place, line in enumerate(labels):
        indent = len(line) - len(line.lstrip())
        top = 196 + place * 58
        pen.text((_MARGIN + 26, top), str(place + 1), (120, 128, 140), font(30))
        pen.text((_MARGIN + 84 + 16 * indent, top), line.strip(), (214, 222, 160), font(32))


def _graph(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], theme: Theme) -> None:
    places = [(250, 390), (500, 240), (500, 540), (790, 300), (1000, 420)]
    edges = [(0, 1, 2), (0, 2, 7), (1, 2, 3), (1, 3, 4), (2, 4, 6), (3, 4, 1)]
    for a, b, cost in edges:
        pen.line((*places[a], *places[b]), _mixed(theme.ink, theme.paper, 0.4), 5)
        middle = ((places[a][0] + places[b][0]) / 2, (places[a][1] + places[b][1]) / 2 - 26)
        pen.text(middle, str(cost), theme.accent, font(34), anchor="mm")
    for place, label in zip(places, labels, strict=True):
        pen.circle(place, 44, theme.accent)
        pen.text(place, label, (255, 255, 255), font(40), anchor="mm")


def _chart(pen: ImageDraw.ImageDraw, labels: tuple[str, ...], theme: Theme) -> None:
    upright, across, *numbers = labels
    values = [float(each) for each in numbers]
    left, base, width, height = 180, 590, 640, 340
    points = [
        (left + width * (i + 0.5) / len(values), base - height * each / max(values))
        for i, each in enumerate(values)
    ]
    bar = width / len(values) * 0.3
    for (x, y), label in zip(points, numbers, strict=True):
        pen.rectangle((x - bar, y, x + bar, base), _mixed(theme.accent, theme.paper, 0.7))
        pen.text((x, y - 22), label, theme.ink, font(24), anchor="mm")
    pen.line(points, theme.accent, 6, joint="curve")
    _arrow(pen, (left, base), (left, base - height - 60), theme.ink)
    _arrow(pen, (left, base), (left + width + 60, base), theme.ink)
    pen.text((left - 10, base - height - 66), upright, theme.ink, font(28), anchor="mb")
    pen.text((left + width + 60, base + 12), across, theme.ink, font(28), anchor="ma")


_FIGURES: dict[str, Callable[[ImageDraw.ImageDraw, tuple[str, ...], Theme], None]] = {
    "flow": _flow,
    "table": _table,
    "code": _code,
    "graph": _graph,
    "chart": _chart,
}


def _arrow(
    pen: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], ink: Colour
) -> None:
    pen.line((*start, *end), ink, 5)
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    wings = [
        (end[0] - 20 * math.cos(angle + turn), end[1] - 20 * math.sin(angle + turn))
        for turn in (-0.45, 0.45)
    ]
    pen.polygon([end, *wings], ink)


def _mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Colour `a` with this share of `b` in it."""
    red, green, blue = (round(x * (1 - share) + y * share) for x, y in zip(a, b, strict=True))
    return red, green, blue
