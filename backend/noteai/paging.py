"""Pages of a list that is sorted by time: a cursor says where one ended."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from noteai.errors import InputError


class BadCursor(InputError):
    """This cursor is none that a list gave."""

    hint = "Ask for the list from its beginning."
    field = "cursor"


class Place(NamedTuple):
    """The last row of a page."""

    created_at: datetime
    id: UUID

    def cursor(self) -> str:
        written = f"{self.created_at.isoformat()}|{self.id}"
        return urlsafe_b64encode(written.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """Raises: BadCursor."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            moment, row = urlsafe_b64decode(padded).decode().split("|")
            read = datetime.fromisoformat(moment)
            place = cls(read.astimezone(UTC), UUID(row))
        except (ValueError, OverflowError) as error:
            raise BadCursor from error
        if read.tzinfo is None:
            raise BadCursor
        return place
