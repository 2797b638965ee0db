"""What is said: sections of a written course, chosen and ordered by the seed."""

import re
import tomllib
from importlib import resources
from typing import Literal, cast

import numpy as np

from noteai.frozen import Frozen
from noteai.lecture.content import Cue

Kind = Literal["plain", "definition", "example", "emphasis", "exam_hint", "summary", "aside"]
Figure = Literal["flow", "table", "code", "graph", "chart"]
_LINE = re.compile(r"(?P<kind>[a-z_]+)(?P<marks>[!~?]*) > (?P<text>.+)")
WORDS_A_SECOND = 2.85
"""How fast a usual voice speaks."""
_PAUSE = 0.55
_TOPIC_PAUSE = 3.2
_EDGES = 6.0


class Line(Frozen):
    """One sentence to be spoken."""

    text: str
    kind: Kind = "plain"
    important: bool = False
    dangling: bool = False
    optional: bool = False

    @property
    def cue(self) -> Cue | None:
        return None if self.kind in ("plain", "aside") else cast("Cue", self.kind)

    @property
    def seconds(self) -> float:
        """How long it will take, roughly."""
        return len(self.text.split()) / WORDS_A_SECOND + _PAUSE


class Section(Frozen):
    """One topic: what is said, and what its slides and its board show."""

    title: str
    keywords: tuple[str, ...]
    bullets: tuple[str, ...]
    formula: str
    figure: Figure
    labels: tuple[str, ...]
    board: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def seconds(self) -> float:
        return sum(line.seconds for line in self.lines) + _TOPIC_PAUSE

    def shortened(self) -> "Section":
        """Without the lines that may be dropped."""
        kept = tuple(line for line in self.lines if not line.optional)
        return self.model_copy(update={"lines": kept})


class Course(Frozen):
    title: str
    opening: tuple[Line, ...]
    closing: tuple[Line, ...]
    sections: tuple[Section, ...]


class Script(Frozen):
    """A lecture to be given. The opening belongs to the first section, the closing to the last."""

    title: str
    sections: tuple[Section, ...]


def course() -> Course:
    """The written course that comes with the package."""
    text = resources.files("noteai.sample").joinpath("course.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return Course(
        title=raw["title"],
        opening=tuple(parse_line(each) for each in raw["opening"]),
        closing=tuple(parse_line(each) for each in raw["closing"]),
        sections=tuple(_section(each) for each in raw["topic"]),
    )


def parse_line(text: str) -> Line:
    """`definition!~? > words` as a line; the marks are explained in `course.toml`."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a line of a script: {text!r}")
    marks = found["marks"]
    return Line(
        text=found["text"],
        kind=cast("Kind", found["kind"]),
        important="!" in marks,
        dangling="~" in marks,
        optional="?" in marks,
    )


def write(
    minutes: float,
    rng: np.random.Generator,
    source: Course | None = None,
    words_a_second: float = WORDS_A_SECOND,
) -> Script:
    """About `minutes` of lecture. Beyond the pool its sections come again in another order."""
    source = source or course()
    minutes *= words_a_second / WORDS_A_SECOND
    budget = (
        minutes * 60 - _EDGES - sum(each.seconds for each in (*source.opening, *source.closing))
    )
    sections = _shortened(_chosen(source.sections, budget, rng), budget)
    first = sections[0]
    sections[0] = first.model_copy(update={"lines": (*source.opening, *first.lines)})
    last = sections[-1]
    sections[-1] = last.model_copy(update={"lines": (*last.lines, *source.closing)})
    return Script(title=source.title, sections=tuple(sections))


def _chosen(pool: tuple[Section, ...], budget: float, rng: np.random.Generator) -> list[Section]:
    """At least two sections, as many as the budget holds when each is told at middling length."""
    chosen: list[Section] = []
    left = budget
    while True:
        for place in rng.permutation(len(pool)):
            middling = (pool[place].seconds + 3 * pool[place].shortened().seconds) / 4
            if len(chosen) >= 2 and left < middling / 2:
                return chosen
            chosen.append(_titled(pool[place], len(chosen) // len(pool)))
            left -= middling


def _titled(section: Section, turn: int) -> Section:
    return (
        section
        if turn == 0
        else section.model_copy(update={"title": f"{section.title}, part {turn + 1}"})
    )


def _shortened(sections: list[Section], budget: float) -> list[Section]:
    """Lines are left out from the end until the budget holds: first those that may be dropped.

    What is never left out is the first sentence of a section and what a teacher would want.
    """
    over = sum(each.seconds for each in sections) - budget
    dropped: set[tuple[int, int]] = set()
    for place, at, line in (*_candidates(sections, True), *_candidates(sections, False)):
        if over <= 0:
            break
        dropped.add((place, at))
        over -= line.seconds
    return [
        section.model_copy(
            update={
                "lines": tuple(
                    line for at, line in enumerate(section.lines) if (place, at) not in dropped
                )
            }
        )
        for place, section in enumerate(sections)
    ]


def _candidates(sections: list[Section], optional: bool) -> list[tuple[int, int, Line]]:
    return [
        (place, at, line)
        for place, section in reversed(list(enumerate(sections)))
        for at, line in reversed(list(enumerate(section.lines)))
        if line.optional is optional and not line.important and at > 0
    ]


def _section(raw: dict[str, object]) -> Section:
    lines = [parse_line(each) for each in str(raw.pop("script")).strip().splitlines()]
    return Section.model_validate({**raw, "lines": tuple(lines)})
