import numpy as np

from noteai.agents.layout.looks import look, surface
from noteai.agents.layout.reel import Grey


def slide() -> Grey:
    grey = np.full((180, 320), 250, np.uint8)
    for row in range(20, 160, 16):
        grey[row : row + 6, 20:280:3] = 30
    return grey


def scene(seed: int = 3) -> Grey:
    """Soft, shaded, nowhere of one grey."""
    import cv2

    noise = np.random.default_rng(seed).normal(0, 1, (180, 320)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 6) * 500 + cv2.GaussianBlur(noise, (0, 0), 1.5) * 30
    return np.asarray(np.clip(soft + 128, 0, 255), np.uint8)


def board() -> Grey:
    x = np.linspace(0, 30, 320)[None, :]
    grain = np.random.default_rng(1).normal(0, 1.5, (180, 320))
    grey = np.clip(150 + x + grain, 0, 255).astype(np.uint8)
    for row in range(20, 160, 18):
        grey[row : row + 2, 20:300] = 60
    return grey


def test_what_has_one_background_and_hard_edges_is_drawn() -> None:
    assert look(slide()).is_drawn


def test_what_is_soft_and_shaded_is_not_drawn() -> None:
    assert not look(scene()).is_drawn


def test_one_grey_is_blank_and_neither_a_slide_nor_a_scene_is() -> None:
    assert look(np.full((180, 320), 12, np.uint8)).is_blank
    assert not look(slide()).is_blank
    assert not look(scene()).is_blank


def test_a_look_is_taken_of_the_pixels_asked_for_only() -> None:
    half = np.hstack([slide()[:, :160], scene()[:, 160:]])
    mask = np.zeros(half.shape, np.bool_)
    mask[:, :158] = True
    assert look(half, mask).is_drawn
    assert not look(half, ~mask).is_drawn


def test_an_even_surface_with_thin_strokes_is_a_written_board() -> None:
    found = surface(board())
    assert found.is_board
    assert found.written > 0.2


def test_a_white_board_may_be_shaded_more_than_a_black_one() -> None:
    shade = np.linspace(0.7, 1, 320)[None, :].repeat(180, 0)
    assert surface((shade * 255).astype(np.uint8)).is_board
    assert surface((shade * 65).astype(np.uint8)).is_board
    assert not surface((255 - 3.5 * (1 - shade) * 255).clip(0, 255).astype(np.uint8)).is_board


def test_a_scene_is_no_board() -> None:
    assert not surface(scene()).is_board
