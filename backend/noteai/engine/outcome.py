"""How a run ended, read off the records of its stages."""

from collections.abc import Mapping
from typing import Literal

from noteai.engine.artifact import Artifact
from noteai.engine.events import Failure
from noteai.engine.ports import StageRecord
from noteai.engine.workflow import Workflow
from noteai.frozen import Frozen

RunState = Literal["completed", "completed_empty", "failed"]


class Outcome(Frozen):
    """How a run ended. `degraded`: optional stages failed or took a second-best way."""

    state: RunState
    degraded: bool
    warnings: tuple[str, ...]
    failures: dict[str, Failure]
    cause: Failure | None
    """Of a run that failed: the failure without which it would have gone on."""


def conclude(workflow: Workflow, records: Mapping[str, StageRecord]) -> Outcome:
    """Of a run whose stages have ended."""
    made = {name: _made(workflow, record, name) for name, record in records.items()}
    results = [each for each in made.values() if each]
    ended = {name: each.failure for name, each in records.items() if each.state == "failed"}
    failures = {name: why for name, why in ended.items() if why}
    needed = workflow.required(workflow.stages[-1])
    remarks = [note for each in results for note in each.remarks]
    return Outcome(
        state=_state(made.get(workflow.names[-1])),
        degraded=bool(ended) or any(each.is_degraded for each in results),
        warnings=tuple(dict.fromkeys(remarks)),
        failures=failures,
        cause=next((why for name, why in failures.items() if name in needed), None),
    )


def _state(result: Artifact | None) -> RunState:
    if result is None:
        return "failed"
    return "completed_empty" if result.is_empty else "completed"


def _made(workflow: Workflow, record: StageRecord, name: str) -> Artifact | None:
    if record.manifest is None:
        return None
    return workflow.stage(name).gives.model_validate_json(record.manifest.output)
