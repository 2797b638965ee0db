from pathlib import Path

import numpy as np
import pytest

from noteai.agents.layout.reel import Reel


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    return Reel(tmp_path / "reel", (32, 18))


def shades(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 255, (3, 4)).astype(np.uint8)
    return np.kron(blocks, np.ones((6, 8), np.uint8))


def test_pictures_come_back_as_they_were(reel: Reel) -> None:
    for second in range(3):
        reel.append(float(second), shades(second))
    assert np.array_equal(reel.picture(1), shades(1))
    assert len(reel) == 3


def test_a_picture_that_repeats_the_one_before_is_known_as_the_same(reel: Reel) -> None:
    for second, seed in enumerate((1, 1, 2)):
        reel.append(float(second), shades(seed))
    assert [reel.is_same(index) for index in range(3)] == [False, True, False]
    assert [reel.is_still(index) for index in range(3)] == [True, True, False]


def test_a_mixture_of_its_neighbours_is_a_fade_and_a_third_picture_is_not(reel: Reel) -> None:
    half = ((shades(1).astype(int) + shades(2)) // 2).astype(np.uint8)
    for second, picture in enumerate((shades(1), half, shades(2), shades(3), shades(4))):
        reel.append(float(second), picture)
    assert [reel.is_fade(index) for index in range(5)] == [False, True, False, False, False]
