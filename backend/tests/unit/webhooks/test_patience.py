"""When a delivery is tried again."""

from itertools import accumulate, count, takewhile

import pytest

from noteai.webhooks.patience import Patience

USUAL = Patience()


@pytest.mark.parametrize(
    ("failures", "pause"),
    [(1, 5), (2, 30), (3, 120), (4, 600), (5, 1800), (6, 3600), (7, 7200), (8, 7200), (99, 7200)],
)
def test_the_pauses_grow_up_to_two_hours(failures: int, pause: float) -> None:
    assert USUAL.pause(failures, None, 0.5) == pause


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 4.0), (0.25, 4.5), (1.0, 6.0)])
def test_chance_makes_a_pause_longer_or_shorter(chance: float, pause: float) -> None:
    assert USUAL.pause(1, None, chance) == pytest.approx(pause)


@pytest.mark.parametrize(
    ("asked", "pause"), [(0.0, 30.0), (10.0, 30.0), (100.0, 100.0), (1e9, 3600.0)]
)
def test_what_is_asked_for_is_heeded_up_to_an_hour(asked: float, pause: float) -> None:
    assert USUAL.pause(2, asked, 0.5) == pause


def test_a_day_has_room_for_seventeen_retries() -> None:
    ages = accumulate(USUAL.pause(each, None, 0.5) for each in count(1))
    assert len(list(takewhile(lambda age: age <= USUAL.life, ages))) == 17
