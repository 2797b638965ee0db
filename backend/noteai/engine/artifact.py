"""The values that travel between stages."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from noteai.frozen import Frozen

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""


class FileRef(Frozen):
    """A file, named by what it contains."""

    digest: Digest
    media_type: str
    size: int


class Artifact(Frozen):
    """One small typed result of a stage: an edge of the graph."""

    @property
    def is_empty(self) -> bool:
        """There was nothing to find; a run that ends so is `completed_empty`."""
        return False

    @property
    def is_degraded(self) -> bool:
        """It was made by a second-best way; a run that holds one is `degraded`."""
        return False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a user should be told of how it was made."""
        return ()


class Params(Frozen):
    """The knobs of one stage. All of them are in its cache key."""

    model_config = ConfigDict(allow_inf_nan=False)
