from pathlib import Path

import numpy as np

from noteai.agents.layout.panels import Panel
from noteai.agents.layout.reel import Grey, Reel
from noteai.agents.layout.stretches import Stretch, looked_at, stretches
from noteai.resources.face_finder import Face, Picture


class Faces:
    """Finds faces of this height in every picture."""

    identity = "none"

    def __init__(self, *heights: int) -> None:
        self._heights = heights

    def find(self, picture: Picture) -> tuple[Face, ...]:
        return tuple(Face(10, 10, each, each) for each in self._heights)


def slide(seed: int) -> Grey:
    grey = np.full((180, 320), 250, np.uint8)
    words = np.random.default_rng(seed).random((8, 120)) < 0.5
    grey[40:72, 30:270] = np.where(np.kron(words, np.ones((4, 2))) > 0, 30, 250)
    return grey


def scene(second: int, level: int = 110) -> Grey:
    import cv2

    noise = np.random.default_rng(level).normal(0, 1, (180, 320)).astype(np.float32)
    room = cv2.GaussianBlur(noise, (0, 0), 5) * 450 + level
    cv2.circle(room, (160 + 8 * (second % 5), 90), 40, 200.0, -1)
    return np.asarray(np.clip(cv2.GaussianBlur(room, (0, 0), 1.5), 0, 255), np.uint8)


def board(second: int) -> Grey:
    grain = np.random.default_rng(second).normal(0, 3, (180, 320))
    grey = np.clip(130 + np.linspace(0, 30, 320)[None, :] + grain, 0, 255).astype(np.uint8)
    for row in range(20, 150, 18):
        grey[row : row + 2, 20:290] = 50
    grey[60:150, 20 + 9 * second : 60 + 9 * second] = 70
    return grey


def found(
    tmp_path: Path, pictures: list[Grey], faces: Faces, windows: list[Panel | None] | None = None
) -> list[Stretch]:
    reel = Reel(tmp_path / "reel", (320, 180))
    for index, picture in enumerate(pictures):
        reel.append(4.0 * index, picture)
    return stretches(looked_at(reel, windows or [None] * len(pictures)), faces)


def contents(parts: list[Stretch]) -> list[tuple[str | None, int, int]]:
    return [(each.content, each.first, each.last) for each in parts]


def test_slides_then_a_face_then_slides(tmp_path: Path) -> None:
    pictures = [slide(1), slide(1), *map(scene, range(3)), slide(2), slide(2)]
    parts = found(tmp_path, pictures, Faces(60))
    assert contents(parts) == [("drawn", 0, 1), ("camera", 2, 4), ("drawn", 5, 6)]


def test_a_film_between_slides_without_a_face_is_shown_on_the_screen(tmp_path: Path) -> None:
    pictures = [slide(1), slide(1), *map(scene, range(3)), slide(2), slide(2)]
    parts = found(tmp_path, pictures, Faces())
    assert parts[1].content == "film"
    assert parts[1].confidence <= 0.5


def test_a_recording_without_any_slide_is_a_camera_though_no_face_is_found(tmp_path: Path) -> None:
    parts = found(tmp_path, [scene(k) for k in range(6)], Faces())
    assert contents(parts) == [("camera", 0, 5)]


def test_a_written_surface_is_a_board_but_not_behind_a_face_that_is_near(tmp_path: Path) -> None:
    pictures = [board(second) for second in range(5)]
    assert contents(found(tmp_path, pictures, Faces())) == [("board", 0, 4)]
    assert contents(found(tmp_path, pictures, Faces(90))) == [("camera", 0, 4)]


def test_one_grey_is_blank(tmp_path: Path) -> None:
    dark = np.full((180, 320), 8, np.uint8)
    parts = found(tmp_path, [slide(1), slide(1), dark, dark], Faces())
    assert contents(parts) == [("drawn", 0, 1), ("blank", 2, 3)]


def test_a_fade_belongs_to_what_it_leads_to(tmp_path: Path) -> None:
    half = ((slide(1).astype(int) + 8) // 2).astype(np.uint8)
    dark = np.full((180, 320), 8, np.uint8)
    parts = found(tmp_path, [slide(1), slide(1), half, dark, dark], Faces())
    assert contents(parts) == [("drawn", 0, 1), ("blank", 2, 4)]


def test_a_window_in_a_filmed_room_is_furniture(tmp_path: Path) -> None:
    poster = Panel(20, 20, 80, 60)
    parts = found(tmp_path, [scene(k) for k in range(5)], Faces(60), [poster] * 5)
    assert [(each.window, each.content) for each in parts] == [(None, "camera")]


def test_what_grows_a_little_everywhere_is_a_screen_that_is_worked_on(tmp_path: Path) -> None:
    pictures = []
    page = slide(1)
    for row in range(9):
        words = np.random.default_rng(row).random((2, 60)) < 0.5
        page = page.copy()
        page[80 + 10 * row : 88 + 10 * row, 20:260] = np.where(
            np.kron(words, np.ones((4, 4))) > 0, 30, 250
        )
        pictures.append(page)
    assert contents(found(tmp_path, pictures, Faces())) == [("screen", 0, 8)]


def test_an_animation_at_one_place_does_not_make_a_screen_of_a_slide(tmp_path: Path) -> None:
    pictures = []
    for second in range(9):
        page = slide(1)
        page[100:130, 100 + 4 * (second % 2) : 130 + 4 * (second % 2)] = 30
        pictures.append(page)
    assert contents(found(tmp_path, pictures, Faces())) == [("drawn", 0, 8)]
