from pathlib import Path

import numpy as np
import pytest

from noteai.agents.layout.panels import Panel
from noteai.agents.layout.reel import Grey, Reel
from noteai.agents.layout.slides import Scene, State, Visit, slides, view, visits
from noteai.agents.layout.stretches import Stretch

WHOLE = (0.0, 0.0, 320.0, 180.0)


def page(seed: int, lines: int) -> Grey:
    grey = np.full((180, 320), 250, np.uint8)
    for row in range(lines):
        words = np.random.default_rng([seed, row]).random((5, 60)) < 0.5
        grey[24 * row + 10 : 24 * row + 20, 30:270][np.kron(words, np.ones((2, 4))) > 0] = 30
    return grey


def visits_of(tmp_path: Path, pictures: list[Grey]) -> list[Visit]:
    reel = Reel(tmp_path / "reel", (320, 180))
    for index, picture in enumerate(pictures):
        reel.append(4.0 * index, picture)
    stretch = Stretch(0, len(pictures) - 1, None, "drawn", 0.9)
    return visits(reel, [Scene(stretch, WHOLE)])


def places(found: list[Visit]) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in found]


def test_a_slide_that_grows_is_one_visit_and_its_last_build_the_fullest(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 2), page(1, 3), page(1, 5), page(2, 4)])
    assert places(found) == [(0, 2), (3, 3)]
    assert found[0].fullest.last == 2


def test_a_build_taken_back_is_still_the_same_slide(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 5), page(1, 4), page(1, 5)])
    assert places(found) == [(0, 2)]


def test_slides_that_share_only_a_title_are_two(tmp_path: Path) -> None:
    second = page(2, 5)
    second[:24] = page(1, 5)[:24]
    assert places(visits_of(tmp_path, [page(1, 5), second])) == [(0, 0), (1, 1)]


def test_a_return_is_the_same_slide_with_another_visit(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 5), page(2, 5), page(1, 5), page(3, 5)])
    together = slides(found)
    assert [places(each) for each in together] == [[(0, 0), (2, 2)], [(1, 1)], [(3, 3)]]


def test_a_slide_left_before_it_was_built_is_the_one_that_is_built_later(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 5), page(2, 2), page(1, 5), page(2, 6)])
    assert [places(each) for each in slides(found)] == [[(0, 0), (2, 2)], [(1, 1), (3, 3)]]


def test_an_early_build_shown_again_is_the_slide_that_was_built(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 6), page(2, 6), page(1, 2)])
    assert [places(each) for each in slides(found)] == [[(0, 0), (2, 2)], [(1, 1)]]


def test_what_all_slides_share_is_not_the_beginning_of_one(tmp_path: Path) -> None:
    shared = page(9, 2)
    first, second = page(1, 7), page(2, 7)
    first[:48], second[:48] = shared[:48], shared[:48]
    found = visits_of(tmp_path, [first, second, page(3, 5), shared])
    assert len(slides(found)) == 4


def test_what_is_hidden_under_the_camera_is_not_taken_to_be_there() -> None:
    window = Panel(20, 0, 290, 50)
    hidden = Visit([State(0, 0, view(page(1, 6), WHOLE, window))])
    seen = [Visit([State(at, at, view(page(at, 2), WHOLE, None))]) for at in (2, 3)]
    assert len(slides([hidden, *seen])) == 3


def test_an_empty_screen_is_no_slide(tmp_path: Path) -> None:
    found = visits_of(tmp_path, [page(1, 5), page(1, 0), page(2, 5)])
    assert places(found) == [(0, 0), (2, 2)]


def test_a_fade_counts_to_the_slide_that_it_leads_to(tmp_path: Path) -> None:
    half = ((page(1, 5).astype(int) + page(2, 5)) // 2).astype(np.uint8)
    assert places(visits_of(tmp_path, [page(1, 5), half, page(2, 5)])) == [(0, 0), (1, 2)]


def test_a_slide_made_smaller_beside_a_camera_is_the_same_slide() -> None:
    import cv2

    smaller = np.full((180, 320), 20, np.uint8)
    smaller[31:149, 6:216] = cv2.resize(page(1, 5), (210, 118), interpolation=cv2.INTER_AREA)
    a = Visit([State(0, 0, view(page(1, 5), WHOLE, None))])
    b = Visit([State(1, 1, view(smaller, (6.0, 31.0, 210.0, 118.0), None))])
    assert len(slides([a, b])) == 1


@pytest.mark.parametrize("lines", [1, 6])
def test_ink_makes_a_view_not_empty(lines: int) -> None:
    assert not view(page(1, lines), WHOLE, None).is_empty
