"""The topics as chapter files: WebVTT, YouTube's description form, and ffmpeg's metadata.

https://www.w3.org/TR/webvtt1/#introduction-chapters
https://support.google.com/youtube/answer/9884579
https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from noteai.lecture.captions import timestamp
from noteai.lecture.content import Topic

FEWEST_FOR_YOUTUBE = 3
_SHORTEST_FOR_YOUTUBE = 10
_NO_ANGLES = str.maketrans("<>", "‹›")


@dataclass(frozen=True)
class Chapter:
    start: float
    end: float
    title: str


def chapters_of(topics: Sequence[Topic], duration: float) -> list[Chapter]:
    """Chapters without gaps: the first starts at 0, each ends where the next starts."""
    starts = [0.0, *(topic.start for topic in topics[1:])]
    ends = [*starts[1:], max(duration, starts[-1])]
    titles = [" ".join(topic.title.split()) for topic in topics]
    return [Chapter(*each) for each in zip(starts[: len(topics)], ends, titles, strict=False)]


def fit_for_youtube(chapters: Sequence[Chapter]) -> list[Chapter]:
    """None shorter than 10 s by the clock: a short one joins the one after it, the last the
    one before. YouTube shows them where there are `FEWEST_FOR_YOUTUBE` or more.
    """
    found: list[Chapter] = []
    for chapter in chapters:
        found.append(_joined(found.pop(), chapter) if found and _is_short(found[-1]) else chapter)
    if len(found) > 1 and _is_short(found[-1]):
        found[-2:] = [_joined(*found[-2:])]
    return found


def as_youtube(chapters: Sequence[Chapter]) -> str:
    """Lines of `0:00 Title`, without the angle brackets that a description may not have."""
    return "".join(
        f"{clock(each.start)} {each.title.translate(_NO_ANGLES)}\n"
        for each in fit_for_youtube(chapters)
    )


def as_vtt(chapters: Sequence[Chapter]) -> str:
    cues = (
        f"{timestamp(each.start)} --> {timestamp(each.end)}\n{_vtt_text(each.title)}\n"
        for each in chapters
    )
    return "\n".join(["WEBVTT\n", *cues])


def as_ffmetadata(chapters: Sequence[Chapter], title: str) -> str:
    """To be put into a file by `ffmpeg -i in.mp4 -i chapters.ffmetadata -map_chapters 1`."""
    head = f";FFMETADATA1\ntitle={_ff_text(title)}\n"
    parts = (
        "[CHAPTER]\nTIMEBASE=1/1000\n"
        f"START={round(each.start * 1000)}\nEND={round(each.end * 1000)}\n"
        f"title={_ff_text(each.title)}\n"
        for each in chapters
    )
    return head + "".join(parts)


def clock(instant: float) -> str:
    """`0:07`, `12:34`, `1:02:03`: whole seconds, rounded down."""
    minutes, seconds = divmod(int(instant), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _is_short(chapter: Chapter) -> bool:
    return int(chapter.end) - int(chapter.start) < _SHORTEST_FOR_YOUTUBE


def _joined(first: Chapter, second: Chapter) -> Chapter:
    """Both as one, under the title of the longer."""
    longer = max(first, second, key=lambda each: each.end - each.start)
    return Chapter(first.start, second.end, longer.title)


def _vtt_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _ff_text(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", " ".join(text.split()))
