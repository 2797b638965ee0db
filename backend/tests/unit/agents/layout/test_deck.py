from dataclasses import dataclass
from pathlib import Path

import numpy as np
from desk import Desk

from noteai.agents.layout.clock import Clock
from noteai.agents.layout.deck import Deck
from noteai.agents.layout.pictures import Camera
from noteai.agents.layout.reel import Reel
from noteai.agents.layout.slides import State, Visit, view
from noteai.lecture.recording import VideoTrack
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.film import Film
from noteai.media.frames import Picture
from noteai.media.packets import Packets

EVERY = 10.0
"""Seconds from one slide to the next."""
PAGE = np.kron(np.eye(9, 16), np.ones((20, 20))).astype(np.uint8) * 255


@dataclass(frozen=True)
class Blinking(Camera):
    """Takes a white picture whenever the film is not damaged."""

    damaged: float = 0.0

    def take(self, time: float, *, keyframe: bool) -> Picture | None:
        is_damaged = self.damaged <= time < self.damaged + EVERY
        return None if is_damaged else np.full((180, 320, 3), 255, np.uint8)


def film(folder: Path) -> Film:
    track = VideoTrack(
        index=0, codec="h264", width=320, height=180, coded_width=320, coded_height=180,
        frame_rate=10.0,
    )  # fmt: skip
    return Film(folder / "film.mp4", "mov", track, folder)


class Steady(Clock):
    """A slide changes with its sample, and not before."""

    def edge(self, index: int) -> float:
        return self.reel.times[index]

    def stands_until(self, index: int, end: float) -> bool:
        return True


def clock(folder: Path, slides: int) -> Clock:
    packets = Packets(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    reel = Reel(folder / "reel", (320, 180))
    for number in range(slides):
        reel.append(EVERY * number, PAGE)
    return Steady(film(folder), packets, [], reel, 320, Ffmpeg("none"))


def visit(number: int) -> list[Visit]:
    return [Visit([State(number, number, view(PAGE, (0, 0, 320, 180), None))])]


def test_slides_are_numbered_without_gaps_where_one_has_no_picture(tmp_path: Path) -> None:
    camera = Blinking(film(tmp_path), Ffmpeg("none"), damaged=EVERY)
    deck = Deck(camera, clock(tmp_path, 3), 3 * EVERY, 1.0, lambda _: None)
    made = deck.slides([visit(0), visit(1), visit(2)], None, Desk(tmp_path))
    assert [slide.id for slide in made] == ["v0", "v1"]
    assert [slide.visits[0].start > EVERY for slide in made] == [False, True]
