"""What comes next in a job: pure, from how its stages stand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from noteai.engine.stage import Stage
from noteai.engine.workflow import Workflow
from noteai.jobs.models import ENDED, StageState
from noteai.workflows import WORKFLOWS, workflow_named

Workflows = Mapping[str, Workflow]
Fits = Callable[[StageState], bool]
End = Literal["completed", "failed", "cancelled", "overdue"]
_WITHOUT_RESULT: tuple[StageState, ...] = ("failed", "skipped", "cancelled")


@dataclass(frozen=True)
class StageFacts:
    stage: str
    state: StageState
    fraction: float = 0.0


@dataclass(frozen=True)
class Decision:
    """What changes. Where nothing does, the job waits for stages that are ready or running."""

    ready: tuple[str, ...] = ()
    """The next wave."""
    skip: Mapping[str, str] = field(default_factory=dict)
    """Stages that cannot be done, each with the stage whose result it lacks."""
    cancel: tuple[str, ...] = ()
    end: End | None = None
    cause: str | None = None
    """The stage that the job failed by."""


class Ordered(Protocol):
    """What a job was ordered to make, as its row has it."""

    @property
    def workflow(self) -> str: ...
    @property
    def without(self) -> Sequence[str]: ...


def shape(job: Ordered, workflows: Workflows = WORKFLOWS) -> Workflow:
    """The workflow of a job, without the stages that are switched off."""
    return workflow_named(job.workflow, workflows).without(job.without)


def decide(
    stages: Sequence[StageFacts], workflow: Workflow, cancelled: bool, overdue: bool
) -> Decision:
    """The next step of a job that has not ended."""
    states = {each.stage: each.state for each in stages}
    unended = _among(workflow, states, lambda state: state not in ENDED)
    if not unended:
        return _ended(workflow, states, cancelled)
    if overdue:
        return Decision(cancel=unended, end="overdue")
    if cancelled:
        return _stopped(workflow, states)
    skip = _unable(workflow, states)
    if _has_no_result(workflow.names[-1], states, skip):
        rest = tuple(name for name in unended if name not in skip)
        return Decision(skip=skip, cancel=rest, end="failed", cause=_cause(workflow, states, skip))
    if set(unended) == set(skip):
        return Decision(skip=skip, end="completed")
    return Decision(skip=skip, ready=_unblocked(workflow, states, skip))


def _ended(workflow: Workflow, states: Mapping[str, StageState], cancelled: bool) -> Decision:
    if states[workflow.names[-1]] == "done":
        return Decision(end="completed")
    if cancelled:
        return Decision(end="cancelled")
    return Decision(end="failed", cause=_cause(workflow, states, {}))


def _stopped(workflow: Workflow, states: Mapping[str, StageState]) -> Decision:
    """What runs is stopped by its heartbeat; the job ends after it."""
    waiting = _among(workflow, states, lambda state: state in ("blocked", "ready"))
    is_idle = "running" not in states.values()
    return Decision(cancel=waiting, end="cancelled" if is_idle else None)


def _unable(workflow: Workflow, states: Mapping[str, StageState]) -> dict[str, str]:
    """Blocked stages that lack what they need for good, each with the stage it lacks."""
    unable: dict[str, str] = {}
    for stage in workflow.stages:
        if states[stage.name] != "blocked":
            continue
        lacking = [
            each for each in _required(workflow, stage) if _has_no_result(each, states, unable)
        ]
        if lacking:
            unable[stage.name] = lacking[0]
    return unable


def _unblocked(
    workflow: Workflow, states: Mapping[str, StageState], skip: Mapping[str, str]
) -> tuple[str, ...]:
    """Stages whose needs are met, or will not be met and can be done without."""

    def is_free(stage: Stage) -> bool:
        makers = (maker.name for maker, _ in workflow.upstream(stage))
        return all(states[each] in ENDED or each in skip for each in makers)

    blocked = _among(workflow, states, lambda state: state == "blocked")
    return tuple(name for name in blocked if name not in skip and is_free(workflow.stage(name)))


def _cause(workflow: Workflow, states: Mapping[str, StageState], unable: Mapping[str, str]) -> str:
    """From the last stage upstream to the one that the others lack."""
    name = workflow.names[-1]
    while states[name] != "failed":
        required = _required(workflow, workflow.stage(name))
        lacking = [each for each in required if _has_no_result(each, states, unable)]
        if not lacking:
            break
        name = lacking[0]
    return name


def _required(workflow: Workflow, stage: Stage) -> list[str]:
    return [maker.name for maker, need in workflow.upstream(stage) if not need.optional]


def _has_no_result(name: str, states: Mapping[str, StageState], unable: Mapping[str, str]) -> bool:
    return states[name] in _WITHOUT_RESULT or name in unable


def _among(workflow: Workflow, states: Mapping[str, StageState], fits: Fits) -> tuple[str, ...]:
    return tuple(name for name in workflow.names if fits(states[name]))
