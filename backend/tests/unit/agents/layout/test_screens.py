import numpy as np

from noteai.agents.layout.panels import Panel
from noteai.agents.layout.reel import Grey
from noteai.agents.layout.screens import refined, screen, whole
from noteai.lecture.layout import Box


def framed(panel: Panel, seed: int, shape: tuple[int, int] = (180, 320)) -> Grey:
    """A slide with dark borders."""
    grey = np.full(shape, 4, np.uint8)
    grey[panel.slices] = 245
    words = np.random.default_rng(seed).random((20, 100)) < 0.4
    inner = grey[panel.top + 40 : panel.top + 60, panel.left + 30 : panel.left + 130]
    inner[words] = 20
    return grey


def test_a_slide_in_dark_borders_has_a_box_of_its_own() -> None:
    inner = Panel(16, 9, 304, 171)
    found = screen([framed(inner, seed) for seed in range(3)], None)
    assert found is not None
    assert max(abs(a - b) for a, b in zip(vars(found).values(), vars(inner).values())) <= 1  # noqa: B905


def test_a_slide_that_fills_the_picture_has_none() -> None:
    assert screen([framed(Panel(0, 0, 320, 180), seed) for seed in range(3)], None) is None


def test_a_light_frame_drawn_on_the_slide_is_no_border() -> None:
    light = [np.where(framed(Panel(16, 9, 304, 171), k) == 4, 200, 245) for k in range(3)]
    assert screen([each.astype(np.uint8) for each in light], None) is None


def test_a_bar_and_a_line_of_print_beside_a_camera_are_no_border() -> None:
    window = Panel(242, 6, 314, 46)
    slides = [np.full((180, 320), 245, np.uint8) for _ in range(3)]
    for seed, grey in enumerate(slides):
        grey[:, :6] = 60
        grey[18:20, 20:220] = 60
        grey[60:170, 20:220] = framed(Panel(0, 0, 200, 110), seed, (110, 200))
        grey[window.slices] = 90
    assert screen(slides, window) is None


def test_a_box_is_brought_to_the_clearest_line_near_each_side() -> None:
    picture = framed(Panel(64, 36, 1216, 684), 1, (720, 1280))
    assert refined(Box(60, 40, 1160, 640), [picture], scale=4.0) == Box(64, 36, 1152, 648)


def test_a_side_on_the_border_stays_there() -> None:
    picture = framed(Panel(1000, 0, 1280, 160), 1, (720, 1280))
    assert refined(Box(1004, 0, 276, 156), [picture], scale=4.0) == Box(1000, 0, 280, 160)


def test_small_pixels_are_many_of_the_sources() -> None:
    assert whole(Panel(10, 20, 110, 70), (320, 180), (1280, 720)) == Box(40, 80, 400, 200)
