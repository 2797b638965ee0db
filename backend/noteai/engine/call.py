"""A stage or part with all that it is called with, and its answer by way of the cache."""

import resource
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from noteai.engine.artifact import Artifact, Digest, Params
from noteai.engine.desk import Desk
from noteai.engine.key import artifact_digest, cache_key
from noteai.engine.manifest import Manifest
from noteai.engine.ports import ArtifactStore, Resource
from noteai.engine.stage import Agent, Context, Part


@dataclass(frozen=True)
class Call:
    """An agent with all that it is called with, before its folder is made."""

    agent: Agent
    inputs: Mapping[str, Artifact | None]
    params: Params
    resources: Mapping[str, Resource | None]
    written: Mapping[str, Digest] = field(default_factory=dict)
    """Digests of inputs, as far as they are written down: a long artifact is not read again."""

    @cached_property
    def identities(self) -> dict[str, str]:
        return {key: each.identity if each else "none" for key, each in self.resources.items()}

    @cached_property
    def input_digests(self) -> dict[str, Digest | None]:
        return {key: self._digest(key, each) for key, each in self.inputs.items()}

    @cached_property
    def key(self) -> Digest:
        return cache_key(self.agent, self.input_digests, self.params, self.identities)

    def perform(self, ctx: Context) -> Artifact:
        arguments: dict[str, Any] = {**self.inputs, **self.resources}
        if self.agent.params_name:
            arguments[self.agent.params_name] = self.params
        if self.agent.context_name:
            arguments[self.agent.context_name] = ctx
        return self.agent.call(**arguments)

    def result(self, manifest: Manifest) -> Artifact:
        return self.agent.gives.model_validate_json(manifest.output)

    def _digest(self, key: str, artifact: Artifact | None) -> Digest | None:
        if artifact is None:
            return None
        return self.written.get(key) or artifact_digest(artifact)


def prepare(
    agent: Agent,
    inputs: Mapping[str, Artifact | None],
    params: Params,
    resources: Mapping[Any, Resource],
    written: Mapping[str, Digest] | None = None,
) -> Call:
    """A call that borrows what the agent's types ask for; `resources` are by type."""
    borrowed = {key: resources.get(_plain(hint)) for key, hint in agent.resources.items()}
    return Call(agent, inputs, params, borrowed, written or {})


def prepare_part(
    part: Part, order: Artifact, params: Params, resources: Mapping[Any, Resource]
) -> Call:
    """As `prepare`; a part that takes no params does not depend on those of its stage."""
    own = params if part.params_name else Params()
    return prepare(part, {part.order_name: order}, own, resources)


def find(call: Call, store: ArtifactStore) -> Manifest | None:
    """The answer of a former call, if it is whole."""
    found = store.load(call.key)
    if found and all(store.has(ref) for ref in found.files):
        return found.model_copy(update={"source": "cached"})
    return None


def answer(
    call: Call, store: ArtifactStore, desk: AbstractContextManager[Desk], attempt: int
) -> Manifest:
    """Found in the cache, or made at `desk` and kept; what is second best is not kept.

    Raises: what the agent raises.
    """
    if found := find(call, store):
        return found.model_copy(update={"attempt": attempt})
    manifest = _execute(call, desk, attempt)
    if not manifest.is_degraded:
        store.save(manifest)
    return manifest


def _execute(call: Call, at: AbstractContextManager[Desk], attempt: int) -> Manifest:
    started = time.monotonic()
    with at as desk:
        result = call.perform(desk)
    return Manifest(
        key=call.key,
        stage=call.agent.name,
        version=call.agent.version,
        inputs=call.input_digests,
        params=call.params.model_dump(mode="json"),
        resources=call.identities,
        output=result.model_dump_json(),
        digest=artifact_digest(result),
        files=tuple(desk.kept),
        parts=tuple(desk.parts),
        seconds=time.monotonic() - started,
        peak_memory=max(_peak_memory(), desk.peak_memory),
        cost=desk.cost,
        is_degraded=result.is_degraded,
        attempt=attempt,
    )


def _plain(hint: Any) -> Any:
    """`LanguageModel | None` is looked up as `LanguageModel`."""
    arguments = [each for each in getattr(hint, "__args__", ()) if each is not type(None)]
    return arguments[0] if len(arguments) == 1 else hint


def _peak_memory() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(each).ru_maxrss for each in who) * unit
