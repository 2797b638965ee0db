"""A run, and everything outside it that it touches."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noteai.engine.artifact import Artifact, Params
from noteai.engine.own_parts import OwnParts
from noteai.engine.ports import ArtifactStore, EventSink, Ledger, Parts, Resource
from noteai.engine.workflow import Workflow


@dataclass(frozen=True)
class Run:
    """One workflow on one recording. `params` holds only what differs from the defaults."""

    id: str
    workflow: Workflow
    given: Mapping[type[Artifact], Artifact]
    params: Mapping[str, Params] = field(default_factory=dict)

    def params_of(self, stage: str) -> Params:
        return self.params.get(stage) or self.workflow.stage(stage).params()


@dataclass(frozen=True)
class World:
    """Everything outside a run that it touches."""

    store: ArtifactStore
    ledger: Ledger
    events: EventSink
    resources: Mapping[Any, Resource]
    scratch: Path
    cancelled: threading.Event = field(default_factory=threading.Event)
    parts: Parts = field(default_factory=OwnParts)
