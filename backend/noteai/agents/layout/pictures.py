"""Full-size pictures: boxes brought to the pixel, and a picture and text for each slide."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noteai.agents.layout.reel import Grey
from noteai.engine.artifact import FileRef
from noteai.engine.stage import Context
from noteai.lecture.layout import Box
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.frames import Picture, frame_at
from noteai.media.tool import ToolFailed
from noteai.resources.text_reader import TextLine

_QUALITY = 93
_JUST_BEFORE = 0.02
_HEAD, _LARGE, _LONGEST_TITLE = 0.4, 0.8, 120
_ALIKE, _MOST_LINES = 0.88, 3


@dataclass(frozen=True)
class Camera:
    """Takes full-size pictures of the film."""

    film: Film
    ffmpeg: Ffmpeg

    @property
    def size(self) -> tuple[int, int]:
        return self.film.track.width, self.film.track.height

    def take(self, time: float, *, keyframe: bool) -> Picture | None:
        """At `time`; with `keyframe` that is known to be one's time. None where damaged."""
        try:
            at = max(0.0, time - _JUST_BEFORE) if keyframe else time
            return frame_at(self.film, at, self.size, self.ffmpeg, keyframe=keyframe)
        except ToolFailed:
            return None


def grey_of(picture: Picture) -> Grey:
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def cropped(picture: Picture, box: Box | None) -> Picture:
    if box is None:
        return picture
    return picture[box.y : box.y + box.h, box.x : box.x + box.w]


def keep(picture: Picture, name: str, ctx: Context) -> FileRef:
    import cv2

    path = ctx.workdir / f"{name}.jpg"
    quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(picture[:, :, ::-1]), quality)
    path.write_bytes(encoded.tobytes())
    return ctx.keep(path, "image/jpeg")


def title_of(lines: Sequence[TextLine], height: int) -> str:
    """The topmost of the large lines in the slide's head, with the lines that it runs on to."""
    wordy = [each for each in lines if sum(map(str.isalpha, each.text)) >= 3]
    head = [each for each in wordy if each.y < _HEAD * height] or wordy
    if not head:
        return ""
    tallest = max(each.h for each in head)
    start = next(i for i, each in enumerate(head) if each.h > _LARGE * tallest)
    title = [head[start]]
    for each in head[start + 1 :]:
        if not _goes_on(title, each):
            break
        title.append(each)
    return " ".join(each.text for each in title)


def _goes_on(title: Sequence[TextLine], line: TextLine) -> bool:
    first, last = title[0], title[-1]
    alike = _ALIKE < line.h / first.h < 1 / _ALIKE and line.y < last.y + 1.6 * last.h
    length = sum(len(each.text) for each in title) + len(line.text)
    return alike and len(title) < _MOST_LINES and length <= _LONGEST_TITLE
