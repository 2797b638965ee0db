"""An agent is a typed function; this reads its types.

One rule decides what a parameter is: an `Artifact` comes from upstream, `Params` from the
request, `Context` from the runner, anything else is a resource that the worker borrows.

A part is a piece of a stage's work, declared in the same way; its one `Artifact` is its order.
"""

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar, Union

from pydantic import TypeAdapter

from noteai.engine.artifact import Artifact, FileRef, Params

F = TypeVar("F", bound=Callable[..., Artifact])
Made = TypeVar("Made", bound=Artifact)


class Context(Protocol):
    """A stage's desk: a folder of its own, the store, and a line to whoever waits."""

    @property
    def workdir(self) -> Path: ...
    def fetch(self, ref: FileRef) -> Path:
        """A path to read the file from; not to be written to."""
        ...

    def keep(self, path: Path, media_type: str) -> FileRef:
        """Put a file of the workdir into the store."""
        ...

    def progress(self, fraction: float) -> None:
        """Say how far the stage is, 0 to 1. Raises `Cancelled` when the run was stopped."""
        ...

    def charge(self, dollars: float) -> None:
        """Add to what the stage cost, in US dollars."""
        ...

    def each(
        self, part: Callable[..., Made], orders: Sequence[Artifact], until: float = 1.0
    ) -> tuple[Made, ...]:
        """What a part of this stage makes of each order, in their order.

        Parts may be done side by side, by other workers, and are found in the cache one by one.
        How far all of them are takes the stage from where it is to `until`.

        Raises: what the first part raises that fails; those that are done stay in the cache.
        """
        ...


class WiringError(TypeError):
    """A stage or workflow whose types do not fit together: a defect, found at import."""


@dataclass(frozen=True)
class Need:
    """An input of a stage: an artifact type, and whether the stage can do without it."""

    type: type[Artifact]
    optional: bool


@dataclass(frozen=True)
class Agent:
    """A typed function with what its signature says."""

    name: str
    version: str
    call: Callable[..., Artifact]
    needs: Mapping[str, Need]
    gives: type[Artifact]
    params_name: str | None
    params: type[Params]
    resources: Mapping[str, Any]
    context_name: str | None

    @cached_property
    def schema(self) -> dict[str, Any]:
        return TypeAdapter(self.gives).json_schema()

    @property
    def pieces(self) -> Mapping[str, Any]:
        """Version and schema of each part that its answer may be put together from."""
        return {}


@dataclass(frozen=True)
class Part(Agent):
    """A piece of a stage's work; it needs one artifact, its order, and nothing else of a run."""

    def __post_init__(self) -> None:
        if len(self.needs) != 1 or any(need.optional for need in self.needs.values()):
            raise WiringError(f"part {self.name} must take one Artifact, its order")

    @property
    def order_name(self) -> str:
        return next(iter(self.needs))

    @property
    def order(self) -> type[Artifact]:
        return self.needs[self.order_name].type


@dataclass(frozen=True)
class Stage(Agent):
    """An agent that is a step of workflows; `parts` are those that its work may be divided into."""

    queue: str
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        for each in self.parts:
            if each.params_name and each.params is not self.params:
                raise WiringError(f"part {each.name} may take the Params of {self.name} only")
            if not set(each.resources.values()) <= set(self.resources.values()):
                raise WiringError(f"part {each.name} may borrow what {self.name} borrows only")

    @property
    def pieces(self) -> Mapping[str, Any]:
        return {each.name: [each.version, each.schema] for each in self.parts}

    def part(self, name: str) -> Part:
        for each in self.parts:
            if each.name == name:
                return each
        raise WiringError(f"stage {self.name} has no part {name}: name it in @stage(parts=...)")


def stage(
    *, version: str, queue: str = "default", parts: Sequence[Callable[..., Artifact]] = ()
) -> Callable[[F], F]:
    """Make a stage of a typed function; `version` is raised when its answers change.

    The function stays callable as it was; `as_stage` gives the stage.
    """
    declared = tuple(map(as_part, parts))

    def mark(function: F) -> F:
        read = read_signature(function, version)
        function.stage = Stage(**read, queue=queue, parts=declared)  # type: ignore[attr-defined]
        return function

    return mark


def part(*, version: str) -> Callable[[F], F]:
    """Make a part of a typed function, to be named by the stage whose work it does."""

    def mark(function: F) -> F:
        function.part = Part(**read_signature(function, version))  # type: ignore[attr-defined]
        return function

    return mark


def as_stage(function: Callable[..., Artifact]) -> Stage:
    """The stage that the decorator made of a function."""
    found = getattr(function, "stage", None)
    if not isinstance(found, Stage):
        raise WiringError(f"{function!r} is not a stage: decorate it with @stage")
    return found


def as_part(function: Callable[..., Artifact]) -> Part:
    """The part that the decorator made of a function."""
    found = getattr(function, "part", None)
    if not isinstance(found, Part):
        raise WiringError(f"{function!r} is not a part: decorate it with @part")
    return found


def read_signature(function: Callable[..., Artifact], version: str) -> dict[str, Any]:
    """The fields of an `Agent`."""
    hints = typing.get_type_hints(function)
    gives = hints.pop("return", None)
    name = function.__name__
    if not _is_a(gives, Artifact):
        raise WiringError(f"{name} must return an Artifact, not {gives!r}")
    missing = set(inspect.signature(function).parameters) - set(hints)
    if missing:
        raise WiringError(f"{name} has parameters without a type: {sorted(missing)}")
    split = {key: _strip_optional(hint) for key, hint in hints.items()}
    params = [key for key, (hint, _) in split.items() if _is_a(hint, Params)]
    contexts = [key for key, (hint, _) in split.items() if hint is Context]
    if len(params) > 1 or len(contexts) > 1:
        raise WiringError(f"{name} may take one Params and one Context")
    needs = {key: Need(hint, opt) for key, (hint, opt) in split.items() if _is_a(hint, Artifact)}
    known = {*needs, *params, *contexts}
    return {
        "name": name,
        "version": version,
        "call": function,
        "needs": needs,
        "gives": gives,
        "params_name": params[0] if params else None,
        "params": split[params[0]][0] if params else Params,
        "resources": {key: hint for key, hint in hints.items() if key not in known},
        "context_name": contexts[0] if contexts else None,
    }


def _is_a(hint: object, kind: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, kind)


def _strip_optional(hint: Any) -> tuple[Any, bool]:
    """`X | None` is (X, True), anything else (hint, False)."""
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    rest = [each for each in typing.get_args(hint) if each is not type(None)]
    return (rest[0], True) if len(rest) == 1 else (hint, False)
