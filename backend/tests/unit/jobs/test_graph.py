from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jobbing import DIAMOND, WORKFLOWS

from noteai.engine.artifact import Artifact, Params
from noteai.engine.stage import Need, Stage
from noteai.engine.workflow import Workflow
from noteai.jobs import share
from noteai.jobs.graph import Decision, StageFacts, decide, shape
from noteai.jobs.models import ENDED, JobRow, StageState
from noteai.workflows import UnknownWorkflow, workflow_named

States = dict[str, StageState]
BLOCKED: States = dict.fromkeys(DIAMOND.names, "blocked")


class Given(Artifact): ...


MADE = [type(f"Made{number}", (Artifact,), {}) for number in range(6)]


def facts(states: Mapping[str, StageState]) -> list[StageFacts]:
    return [StageFacts(name, state) for name, state in states.items()]


def of_diamond(*, cancelled: bool = False, overdue: bool = False, **states: StageState) -> Decision:
    return decide(facts({**BLOCKED, **states}), DIAMOND, cancelled, overdue)


def test_a_job_begins_with_what_needs_nothing() -> None:
    assert of_diamond().ready == ("first",)


def test_a_wave_is_unblocked_together() -> None:
    assert of_diamond(first="done").ready == ("left", "right")


def test_a_stage_waits_for_what_it_could_do_without() -> None:
    assert of_diamond(first="done", left="done", right="running") == Decision()


@pytest.mark.parametrize("end", ["failed", "skipped"])
def test_a_stage_goes_on_without_what_it_can_do_without(end: StageState) -> None:
    assert of_diamond(first="done", left="done", right=end).ready == ("joined",)


def test_a_job_that_lacks_what_is_required_fails_at_once() -> None:
    decision = of_diamond(first="done", left="failed", right="running")
    assert decision.end == "failed"
    assert decision.cause == "left"
    assert dict(decision.skip) == {"joined": "left", "last": "joined"}
    assert decision.cancel == ("right",)


def test_a_failed_last_stage_is_its_own_cause() -> None:
    done: States = dict.fromkeys(DIAMOND.names[:-1], "done")
    assert of_diamond(**done, last="failed") == Decision(end="failed", cause="last")


def test_a_job_is_completed_by_its_last_stage_however_late_it_is_cancelled() -> None:
    done: States = dict.fromkeys(DIAMOND.names, "done")
    assert of_diamond(**done, cancelled=True) == Decision(end="completed")


def test_a_cancelled_job_waits_for_what_runs() -> None:
    decision = of_diamond(cancelled=True, first="done", left="running", right="ready")
    assert decision == Decision(cancel=("right", "joined", "last"))


def test_a_cancelled_job_ends_when_nothing_runs() -> None:
    decision = of_diamond(cancelled=True, first="done", left="cancelled", right="cancelled")
    assert decision.end == "cancelled"


def test_an_overdue_job_ends_with_what_runs() -> None:
    decision = of_diamond(overdue=True, first="running")
    assert decision.end == "overdue"
    assert decision.cancel == DIAMOND.names


def test_the_shape_of_a_job_has_no_stages_that_are_switched_off() -> None:
    job = JobRow(workflow="diamond", without=["right"])
    assert shape(job, WORKFLOWS).names == ("first", "left", "joined", "last")


def test_an_unknown_workflow_says_which_there_are() -> None:
    with pytest.raises(UnknownWorkflow) as refusal:
        workflow_named("none", WORKFLOWS)
    assert refusal.value.remedy == "There is: diamond."


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    stages = []
    for number in range(draw(st.integers(1, len(MADE)))):
        before = draw(st.lists(st.sampled_from(range(number)), unique=True)) if number else []
        needs = {f"n{each}": Need(MADE[each], draw(st.booleans())) for each in before}
        stages.append(made_stage(number, needs))
    return Workflow("random", (Given,), tuple(stages))


def made_stage(number: int, needs: Mapping[str, Need]) -> Stage:
    return Stage(
        name=f"s{number}",
        version="1",
        queue="default",
        call=Given,
        needs=needs,
        gives=MADE[number],
        params_name=None,
        params=Params,
        resources={},
        context_name=None,
    )


@given(workflows(), st.data())
def test_every_job_ends_and_does_each_stage_once(workflow: Workflow, data: st.DataObject) -> None:
    states: States = dict.fromkeys(workflow.names, "blocked")
    begun: list[str] = []
    reached = [0.0]
    cancelled = False
    for _ in range(4 * len(states) + 4):
        decision = decide(facts(states), workflow, cancelled, overdue=False)
        states |= dict.fromkeys(decision.skip, "skipped")
        states |= dict.fromkeys(decision.cancel, "cancelled")
        states |= dict.fromkeys(decision.ready, "ready")
        reached.append(share.reached(facts(states)))
        if decision.end:
            break
        begun += begin_some(states, data, cancelled)
        cancelled = cancelled or data.draw(st.integers(0, 9)) == 0
    assert decision.end
    assert set(states.values()) <= set(ENDED)
    assert len(begun) == len(set(begun))
    assert all(later >= earlier for earlier, later in pairwise(reached))
    assert (decision.end == "completed") == (states[workflow.names[-1]] == "done")
    check_cause(decision, states)


def begin_some(states: States, data: st.DataObject, cancelled: bool) -> list[str]:
    """Running stages end, one of those that are ready begins; there must be one."""
    for name in [each for each, state in states.items() if state == "running"]:
        ends = ["cancelled"] if cancelled else ["done", "done", "failed", "skipped"]
        states[name] = data.draw(st.sampled_from(ends))
    ready = [name for name, state in states.items() if state == "ready"]
    if not ready or cancelled:
        return []
    chosen = data.draw(st.sampled_from(ready))
    states[chosen] = "running"
    return [chosen]


def check_cause(decision: Decision, states: States) -> None:
    """A job fails by a stage that was begun, not by one that was skipped for another."""
    if decision.end == "failed":
        assert decision.cause is not None
        assert decision.cause not in decision.skip
        assert states[decision.cause] in ("failed", "skipped")
