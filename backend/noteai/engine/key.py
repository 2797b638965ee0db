"""The cache key: what an agent's answer depends on, and nothing else."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from noteai.engine.artifact import Artifact, Digest, Params
from noteai.engine.stage import Agent


def digest_of(value: Any) -> Digest:
    """SHA-256 over the canonical JSON of a value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def artifact_digest(artifact: Artifact) -> Digest:
    """The content of an artifact: equal results have equal digests, whoever made them."""
    return digest_of([type(artifact).__name__, artifact.model_dump(mode="json")])


def cache_key(
    agent: Agent,
    inputs: Mapping[str, Digest | None],
    params: Params,
    resources: Mapping[str, str],
) -> Digest:
    """Names the answer of `agent` to these inputs; queue, host, run and time are not in it."""
    return digest_of(
        {
            "stage": agent.name,
            "version": agent.version,
            "inputs": dict(inputs),
            "params": params.model_dump(mode="json"),
            "resources": dict(resources),
            "output": agent.schema,
            "parts": dict(agent.pieces),
        }
    )
