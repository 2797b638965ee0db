"""The one base of all values."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: it cannot change, and fields that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
