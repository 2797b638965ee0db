from pathlib import Path

import numpy as np

from noteai.agents.layout.panels import Panel, likeness
from noteai.agents.layout.reel import Grey, Reel
from noteai.agents.layout.windows import Sighting, outside, shown, sightings, windows

CORNER = Panel(240, 8, 304, 44)


def slide(seed: int) -> Grey:
    grey = np.full((180, 320), 250, np.uint8)
    words = np.random.default_rng(seed).random((6, 180)) < 0.5
    for row in range(60, 160, 16):
        grey[row : row + 6, 30:210][np.roll(words, row, 1)] = 30
    return grey


def filmed(panel: Panel, second: int) -> Grey:
    """A soft room in which a head moves."""
    import cv2

    high, wide = panel.bottom - panel.top, panel.right - panel.left
    noise = np.random.default_rng(7).normal(0, 1, (high, wide)).astype(np.float32)
    room = cv2.GaussianBlur(noise, (0, 0), 3) * 160 + 110
    cv2.circle(room, (wide // 2 + 6 * (second % 3 - 1), high // 2), high // 4, 190.0, -1)
    return np.asarray(np.clip(cv2.GaussianBlur(room, (0, 0), 1.5), 0, 200), np.uint8)


def with_window(picture: Grey, panel: Panel, second: int) -> Grey:
    made = picture.copy()
    made[panel.slices] = filmed(panel, second)
    return made


def reel_of(tmp_path: Path, pictures: list[Grey]) -> tuple[Reel, list[Sighting]]:
    reel = Reel(tmp_path / "reel", (320, 180))
    seen: list[Sighting] = []
    for index, picture in enumerate(pictures):
        reel.append(4.0 * index, picture)
        if index and not reel.is_same(index):
            seen += sightings(index, pictures[index - 1], picture)
    return reel, seen


def test_a_camera_over_changing_slides_is_a_window(tmp_path: Path) -> None:
    pictures = [with_window(slide(index // 2), CORNER, index) for index in range(6)]
    reel, seen = reel_of(tmp_path, pictures)
    found = windows(seen, reel)
    assert likeness(found[0].panel, CORNER) > 0.85
    assert all(shown(reel, found))


def test_a_photograph_that_never_moves_is_no_window(tmp_path: Path) -> None:
    pictures = [with_window(slide(index), CORNER, 0) for index in range(6)]
    reel, seen = reel_of(tmp_path, pictures)
    assert windows(seen, reel) == []


def test_a_film_on_one_slide_is_no_window(tmp_path: Path) -> None:
    pictures = [slide(0), *(with_window(slide(1), CORNER, index) for index in range(4)), slide(2)]
    reel, seen = reel_of(tmp_path, pictures)
    assert windows(seen, reel) == []


def test_a_window_that_goes_away_is_not_shown_any_longer(tmp_path: Path) -> None:
    pictures = [with_window(slide(index // 2), CORNER, index) for index in range(5)]
    reel, seen = reel_of(tmp_path, [*pictures, slide(2), slide(3)])
    in_view = shown(reel, windows(seen, reel))
    assert [panel is not None for panel in in_view] == [True] * 5 + [False] * 2


def test_a_window_that_moves_is_found_at_both_places(tmp_path: Path) -> None:
    other = Panel(16, 130, 80, 166)
    first = [with_window(slide(index // 2), CORNER, index) for index in range(5)]
    second = [with_window(slide(index // 2 + 4), other, index) for index in range(5)]
    reel, seen = reel_of(tmp_path, first + second)
    in_view = shown(reel, windows(seen, reel))
    assert all(panel and likeness(panel, CORNER) > 0.8 for panel in in_view[:5])
    assert all(panel and likeness(panel, other) > 0.8 for panel in in_view[5:])


def test_the_rest_of_a_picture_leaves_out_the_window_and_its_seam() -> None:
    mask = outside((180, 320), CORNER)
    assert not mask[6:46, 238:306].any()
    assert mask[:, :230].all()
