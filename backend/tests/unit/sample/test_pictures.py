"""What is drawn: slides, the lecturer, the board, and how a window is laid over a slide."""

import itertools

import cv2
import numpy as np
import pytest

from noteai.lecture.layout import Box
from noteai.sample.board import Board
from noteai.sample.film import Planes, fitted, pasted, planes
from noteai.sample.script import Script, course
from noteai.sample.slides import HEIGHT, WIDTH, Page, Picture, Theme, deck, draw
from noteai.sample.speaker import Speaker, clouds

SCRIPT = Script(title="Course", sections=course().sections[:8])


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    return Speaker(np.random.default_rng(7))


@pytest.fixture(scope="module")
def theme() -> Theme:
    return Theme.drawn(np.random.default_rng(1), "School")


def test_each_build_adds_and_takes_nothing_away(theme: Theme) -> None:
    page = Page(title="Queues", bullets=("one", "two", "three"), formula="a = b")
    states = [draw(page, build, 3, theme) for build in (1, 2, 3)]
    for before, after in itertools.pairwise(states):
        drawn = (before != after).any(axis=2)
        assert drawn.any()
        assert (before[drawn] == theme.paper).all(axis=1).mean() > 0.99


def test_every_page_of_the_course_can_be_drawn_and_looks_different(theme: Theme) -> None:
    pages = deck(SCRIPT)
    pictures = {draw(p, p.builds, 1, theme)[::4, ::4].tobytes() for p in pages}
    assert len(pictures) == len(pages)


def test_a_page_tells_all_its_text() -> None:
    flow = next(p for p in deck(SCRIPT) if p.section and p.section.figure == "flow")
    assert flow.section is not None
    assert flow.text.startswith(flow.title)
    assert all(label in flow.text for label in flow.section.labels)


def test_the_plan_of_a_long_lecture_fits_its_slide() -> None:
    assert deck(SCRIPT)[1].bullets[-1] == "and more"


def test_the_mouth_opens_with_the_voice(speaker: Speaker) -> None:
    shut, wide = (speaker.picture(5.0, mouth).astype(int) for mouth in (0.0, 1.0))
    moved = np.abs(shut - wide).max(axis=2) > 60
    assert 100 < moved.sum() < 20_000


def test_a_second_later_the_lecturer_has_moved_and_the_grain_has_changed(speaker: Speaker) -> None:
    now, next_frame, later = (speaker.picture(second, 0.0) for second in (3.0, 3.067, 9.0))
    assert (now != next_frame).any(axis=2).mean() > 0.3
    differs = np.abs(now.astype(int) - later.astype(int)).max(axis=2) > 40
    assert differs.sum() > 1000


def test_a_face_finder_takes_the_drawn_face_for_one(speaker: Speaker) -> None:
    finder = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    grey = cv2.cvtColor(speaker.picture(3.0, 0.3), cv2.COLOR_RGB2GRAY)
    assert len(finder.detectMultiScale(grey, 1.1, 4)) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_board_fills_from_its_left_upper_side(speaker: Speaker, seed: int) -> None:
    board = Board(np.random.default_rng(seed))
    lines = ("first line", "second line")

    def shown(written: float) -> Picture:
        return board.picture(speaker, lines, written, 4.0, 0.0)

    empty, half, full = shown(0.0).astype(int), shown(0.5).astype(int), shown(1.0).astype(int)
    upper, lower = np.s_[90:240, 340:900], np.s_[250:380, 340:900]
    assert np.abs(half - empty)[upper].max() > 60
    assert np.abs(half - empty)[lower].max() == 0
    assert np.abs(full - empty)[lower].max() > 60


def test_the_board_can_be_filmed_again_from_its_start(speaker: Speaker) -> None:
    board = Board(np.random.default_rng(1))
    first = board.picture(speaker, ("one",), 0.2, 1.0, 0.0)
    board.picture(speaker, ("two", "three"), 1.0, 2.0, 0.0)
    assert np.array_equal(first, board.picture(speaker, ("one",), 0.2, 1.0, 0.0))


def test_clouds_are_stronger_at_low_frequencies() -> None:
    field = clouds((64, 64), np.random.default_rng(0))
    power = np.abs(np.fft.fft2(field)) ** 2
    assert np.abs(field).max() == pytest.approx(1.0)
    assert power[0, 1:4].mean() > 50 * power[0, 20:30].mean()


def test_a_window_covers_its_box_and_nothing_else() -> None:
    white = planes(np.full((HEIGHT, WIDTH, 3), 255, np.uint8))
    box = Box(940, 500, 320, 180)
    view = planes(np.zeros((180, 320, 3), np.uint8))
    merged: Planes = pasted(white, view, box)
    picture = cv2.cvtColor(merged, cv2.COLOR_YUV2RGB_I420)
    dark = (picture < 128).all(axis=2)
    assert dark.sum() == 320 * 180
    assert dark[500:680, 940:1260].all()


@pytest.mark.parametrize("box", [Box(0, 0, 376, 472), Box(0, 0, 352, 198), Box(0, 0, 1280, 720)])
def test_a_picture_fills_its_window_without_being_stretched(box: Box) -> None:
    disc = np.zeros((360, 640, 3), np.uint8)
    cv2.circle(disc, (320, 180), 80, (255, 255, 255), -1)
    seen = fitted(disc, box)[:, :, 0] > 128
    assert seen.shape == (box.h, box.w)
    assert seen.any(axis=0).sum() == pytest.approx(seen.any(axis=1).sum(), abs=4)
