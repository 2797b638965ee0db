import numpy as np
import pytest

from noteai.agents.layout.likeness import kept
from noteai.agents.layout.reel import Grey


def page(rows: range, seed: int = 0) -> Grey:
    """Lines of what looks like print; each row has its own words."""
    grey = np.full((180, 320), 250, np.uint8)
    for row in rows:
        words = np.random.default_rng([seed, row]).random((6, 240)) < 0.5
        grey[20 * row + 6 : 20 * row + 12, 40:280][words] = 30
    return grey


def test_all_of_a_page_is_kept_in_itself() -> None:
    assert kept(page(range(4)), page(range(4))) == pytest.approx(1.0)


def test_all_of_a_page_is_kept_when_it_grows() -> None:
    assert kept(page(range(3)), page(range(6))) > 0.97


def test_what_was_added_is_missing_the_other_way_round() -> None:
    assert kept(page(range(6)), page(range(3))) == pytest.approx(0.5, abs=0.1)


def test_another_page_with_lines_at_the_same_places_keeps_little() -> None:
    assert kept(page(range(6)), page(range(6), seed=1)) < 0.3


def test_an_empty_page_loses_nothing() -> None:
    assert kept(page(range(0)), page(range(5))) == 1.0


def test_only_the_masked_part_is_compared() -> None:
    mask = np.zeros((180, 320), np.bool_)
    mask[:60] = True
    assert kept(page(range(6)), page(range(3)), mask) > 0.97


def test_an_encoders_noise_takes_nothing_away() -> None:
    noise = np.random.default_rng(5).integers(-4, 5, (180, 320))
    noisy = np.clip(page(range(5)).astype(int) + noise, 0, 255).astype(np.uint8)
    assert kept(page(range(5)), noisy) > 0.97
