from datetime import UTC, datetime, timedelta
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


@pytest.mark.parametrize("moment", ["9999-12-31T23:00-01:00", "0001-01-01T00:00+23:00"])
def test_a_time_that_is_none_anywhere_else_is_refused(moment: str) -> None:
    place = Place(datetime.fromisoformat(moment), UUID(int=7))
    with pytest.raises(BadCursor):
        Place.read(place.cursor())


def test_a_cursor_of_another_time_zone_names_the_same_moment() -> None:
    moment = datetime.fromisoformat("2026-11-21T05:40:03+23:00")
    read = Place.read(Place(moment, UUID(int=7)).cursor())
    assert (read.created_at, read.created_at.utcoffset()) == (moment, timedelta(0))


def test_a_cursor_without_its_time_zone_is_refused() -> None:
    place = Place(datetime(2026, 11, 21, 5, 40), UUID(int=7))  # noqa: DTZ001 - the case
    with pytest.raises(BadCursor):
        Place.read(place.cursor())
