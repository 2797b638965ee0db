import itertools
from pathlib import Path

import numpy as np
import pytest

from noteai.sample import storyboard
from noteai.sample.recital import Recital, recite
from noteai.sample.script import Script, write
from noteai.sample.slides import HEIGHT, WIDTH, Page, deck
from noteai.sample.storyboard import FRAME_RATE, Scene, Stage, corner
from noteai.sample.voice import RATE, Samples, Utterance

HUM: Samples = np.sin(np.arange(3 * RATE, dtype=np.float32))


def mute(text: str, seed: int) -> Utterance:
    """As many words as the text has in three seconds; quick to make."""
    edges = np.linspace(0, 3, len(text.split()) + 1)
    words = tuple((float(a), float(b)) for a, b in itertools.pairwise(edges))
    return Utterance(HUM, words, ())


@pytest.fixture(scope="module")
def script() -> Script:
    return write(5, np.random.default_rng(2))


@pytest.fixture(scope="module")
def recital(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Recital:
    path: Path = tmp_path_factory.mktemp("voice") / "voice.raw"
    return recite(script, mute, path, np.random.default_rng(3), lambda _: None)


@pytest.fixture(scope="module")
def pages(script: Script) -> list[Page]:
    return deck(script)


@pytest.fixture(scope="module")
def scenes(script: Script, recital: Recital, pages: list[Page]) -> list[Scene]:
    return storyboard.storyboard(script, pages, recital, np.random.default_rng(4))


def test_scenes_cover_the_lecture_without_a_gap(scenes: list[Scene], recital: Recital) -> None:
    assert scenes[0].start == 0
    assert scenes[-1].end == round(recital.duration * FRAME_RATE)
    assert all(a.end == b.start and a.start < a.end for a, b in itertools.pairwise(scenes))


def test_every_layout_occurs_in_a_lecture_of_five_topics(scenes: list[Scene]) -> None:
    assert {each.kind for each in scenes} == {
        "slides",
        "slides_inset",
        "side_by_side",
        "camera",
        "board",
        "blank",
    }


def test_cuts_lie_in_silences(scenes: list[Scene], recital: Recital) -> None:
    for each in scenes[1:]:
        second = each.start / FRAME_RATE
        margin = 1 / FRAME_RATE
        assert any(s.start - margin <= second <= s.end + margin for s in recital.silences)


def test_shots_and_slides_are_told_as_the_scenes_show_them(
    scenes: list[Scene], pages: list[Page]
) -> None:
    stage = Stage.drawn(np.random.default_rng(1))
    shots = storyboard.shots(scenes, stage)
    assert all(a.end == b.start for a, b in itertools.pairwise(shots))
    slides = storyboard.visited(scenes, pages)
    assert [each.id for each in slides] == [f"v{place}" for place in range(len(slides))]
    shown = sum(visit.duration for slide in slides for visit in slide.visits)
    with_screen = sum(shot.duration for shot in shots if shot.screen)
    assert shown == pytest.approx(with_screen)


def test_the_lecturer_goes_back_to_an_earlier_slide(scenes: list[Scene], pages: list[Page]) -> None:
    slides = storyboard.visited(scenes, pages)
    assert any(len(slide.visits) > 1 for slide in slides)


def test_a_change_is_another_page_and_a_build_is_one_more_bullet() -> None:
    def scene(start: int, page: int | None, build: int) -> Scene:
        return Scene(start, start + 15, "slides" if page is not None else "camera", page, build, 0)

    told = [scene(0, 1, 1), scene(15, 1, 2), scene(30, None, 0), scene(45, 1, 2), scene(60, 2, 1)]
    assert storyboard.changes(told) == (60 / FRAME_RATE,)
    assert storyboard.builds(told) == (15 / FRAME_RATE,)


@pytest.mark.parametrize("seed", range(12))
def test_windows_lie_in_the_picture_on_even_pixels(seed: int) -> None:
    stage = Stage.drawn(np.random.default_rng(seed))
    for box in itertools.chain.from_iterable(stage.boxes.values()):
        if box is None:
            continue
        assert all(edge % 2 == 0 for edge in box)
        assert 0 <= box.x <= box.x + box.w <= WIDTH
        assert 0 <= box.y <= box.y + box.h <= HEIGHT


def test_the_inset_moves_to_another_corner() -> None:
    boxes = Stage.drawn(np.random.default_rng(0)).boxes
    assert boxes["inset a"] != boxes["inset b"]


def test_corners_keep_their_margin() -> None:
    assert corner(3, (320, 180), 20) == (WIDTH - 340, HEIGHT - 200, 320, 180)
    assert corner(1, (320, 180), 0) == (WIDTH - 320, 0, 320, 180)
