"""What a worker can do, and how it comes by what it needs for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from noteai.engine.ports import ArtifactStore, Resource
from noteai.engine.workflow import Workflow
from noteai.settings import Settings


@dataclass(frozen=True)
class Equipment:
    """What stages work with. `store` gives the store of an account."""

    store: Callable[[UUID], ArtifactStore]
    resources: Mapping[Any, Resource]


@dataclass(frozen=True)
class Trade:
    """Workflows by name, and `furnish`, which is called in each process that does stages.

    It travels to other processes by its name.
    """

    workflows: Mapping[str, Workflow]
    furnish: Callable[[Settings], Equipment]
