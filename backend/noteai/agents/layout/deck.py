"""The slides as they go out: timed, with a picture, a title and a text each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from noteai.agents.layout import pictures
from noteai.agents.layout.clock import Clock
from noteai.agents.layout.likeness import kept
from noteai.agents.layout.pictures import Camera
from noteai.agents.layout.slides import State, Visit
from noteai.engine.stage import Context
from noteai.lecture.layout import Box, Slide
from noteai.media.frames import Picture
from noteai.resources.text_reader import TextReader
from noteai.timeline import Span, merge, span

_BEFORE_THE_END, _HELD = 0.45, 0.75
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
        """Each distinct slide once, numbered in order.

        Left out are those shown for less than `shortest` in all, or without a picture.
        """
        shown = [(group, self._spans(group)) for group in together]
        long = [each for each in shown if sum(s.duration for s in each[1]) >= self.shortest]
        made: list[Slide] = []
        for each in long:
            slide = self._slide(len(made), *each, reader, ctx)
            made += [slide] if slide else []
        return made

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
        """The last sample, or what has been added to it when the slide goes."""
        end = self._end(state.last)
        if not self.clock.stands_until(state.last, end):
            latest = max(self.clock.reel.times[state.last], end - _BEFORE_THE_END)
            taken = self.camera.take(latest, keyframe=False)
            if taken is not None and self._holds(taken, state.last):
                return taken
        return self._of_sample(state.last)

    def _of_sample(self, index: int) -> Picture | None:
        return self.camera.take(self.clock.reel.times[index], keyframe=self.clock.is_key(index))

    def _holds(self, taken: Picture, index: int) -> bool:
        """Is all of the sample still there? A slide may empty itself before it goes."""
        import cv2

        reel = self.clock.reel
        size = (reel.width, reel.height)
        small = cv2.resize(pictures.grey_of(taken), size, interpolation=cv2.INTER_AREA)
        return kept(reel.picture(index), np.asarray(small, np.uint8)) > _HELD
