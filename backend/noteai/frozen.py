"""The one base of all values."""

from typing import Any

from pydantic import BaseModel, ConfigDict

_GIVEN: dict[frozenset[str], set[str]] = {}


class Frozen(BaseModel):
    """A value: it cannot change, and fields that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_post_init(self, _: Any) -> None:
        """Share the set of fields that were given: a word's takes half of its memory."""
        given = self.__pydantic_fields_set__
        shared = _GIVEN.setdefault(frozenset(given), given)
        object.__setattr__(self, "__pydantic_fields_set__", shared)
