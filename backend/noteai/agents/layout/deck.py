"""The slides as they go out: timed, with a picture, a title and a text each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noteai.agents.layout import pictures
from noteai.agents.layout.clock import Clock
from noteai.agents.layout.pictures import Camera
from noteai.agents.layout.slides import State, Visit
from noteai.engine.stage import Context
from noteai.lecture.layout import Box, Slide
from noteai.media.frames import Picture
from noteai.resources.text_reader import TextReader
from noteai.timeline import Span, merge, span

_BEFORE_THE_END = 0.2
ScreenAt = Callable[[int], Box | None]
"""The screen's box in the source's pixels where this sample was taken."""


@dataclass(frozen=True)
class Deck:
    camera: Camera
    clock: Clock
    duration: float
    shortest: float
    screen_at: ScreenAt

    def slides(
        self, together: Sequence[Sequence[Visit]], reader: TextReader | None, ctx: Context
    ) -> list[Slide]:
        """Each distinct slide once; those shown for less than `shortest` in all are left out."""
        shown = [(group, self._spans(group)) for group in together]
        long = [each for each in shown if sum(s.duration for s in each[1]) >= self.shortest]
        made = (self._slide(i, *each, reader, ctx) for i, each in enumerate(long))
        return [each for each in made if each is not None]

    def _spans(self, group: Sequence[Visit]) -> list[Span]:
        spans = (
            span(self.clock.edge(v.first), max(self._end(v.last), self.clock.edge(v.first)))
            for v in group
        )
        return merge(spans, gap=0.05)

    def _end(self, last: int) -> float:
        is_final = last + 1 == len(self.clock.reel)
        return self.duration if is_final else self.clock.edge(last + 1)

    def _slide(
        self,
        number: int,
        group: Sequence[Visit],
        spans: Sequence[Span],
        reader: TextReader | None,
        ctx: Context,
    ) -> Slide | None:
        fullest = group[0].fullest
        taken = self._picture(fullest)
        if taken is None:
            return None
        picture = pictures.cropped(taken, self.screen_at(fullest.last))
        lines = reader.read(picture) if reader else ()
        return Slide(
            id=f"v{number}",
            title=pictures.title_of(lines, picture.shape[0]),
            text="\n".join(each.text for each in lines),
            picture=pictures.keep(picture, f"slide-{number}", ctx),
            visits=tuple(spans),
        )

    def _picture(self, state: State) -> Picture | None:
        """Of the state at its fullest: the last sample, unless something was added after it."""
        sample = self.clock.reel.times[state.last]
        end = self._end(state.last)
        if self.clock.is_key(state.last) and self.clock.stands_until(state.last, end):
            taken = self.camera.take(sample, keyframe=True)
        else:
            taken = self.camera.take(max(sample, end - _BEFORE_THE_END), keyframe=False)
        return self.camera.take(sample, keyframe=False) if taken is None else taken
