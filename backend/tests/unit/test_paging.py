from datetime import UTC, datetime
from uuid import UUID

import pytest

from noteai.paging import BadCursor, Place


def test_a_cursor_is_read_as_the_place_it_names() -> None:
    place = Place(datetime(2026, 11, 21, 5, 40, 3, 123456, UTC), UUID(int=7))
    assert Place.read(place.cursor()) == place


@pytest.mark.parametrize("cursor", ["", "x", "é", "fHx8", "MjAyNi0xMS0yMXx4", "////", "a" * 99])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        Place.read(cursor)


def test_a_cursor_without_its_time_zone_is_refused() -> None:
    place = Place(datetime(2026, 11, 21, 5, 40), UUID(int=7))  # noqa: DTZ001 - the case
    with pytest.raises(BadCursor):
        Place.read(place.cursor())
