"""What is written down of a stage that is done."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from noteai.engine.artifact import Digest, FileRef
from noteai.frozen import Frozen


def _text(output: Any) -> Any:
    if not isinstance(output, dict):
        return output
    return json.dumps(output, separators=(",", ":"), ensure_ascii=False)


class Manifest(Frozen):
    """Written last and whole: a manifest that is there means that the entry is whole."""

    key: Digest
    stage: str
    version: str
    inputs: dict[str, Digest | None]
    params: dict[str, Any]
    resources: dict[str, str]
    output: Annotated[str, BeforeValidator(_text)]
    """The artifact as JSON text, which takes a tenth of the memory of the values in it. Given
    as values, as it lies in the database and lay in older stores, it is made text."""
    digest: Digest
    """Of the artifact's content."""
    files: tuple[FileRef, ...]
    parts: tuple[Digest, ...] = ()
    """Keys of the parts that it was put together from: they are in the store as well."""
    seconds: float
    peak_memory: int
    """Bytes that the largest process of the worker had used when the stage was done."""
    cost: float = 0.0
    """US dollars paid for it."""
    is_degraded: bool = False
    """Made by a second-best way: not kept for later runs, which may do better."""
    attempt: int = 1
    source: Literal["ran", "cached"] = "ran"
