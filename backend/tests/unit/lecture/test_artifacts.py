"""What the engine asks of every artifact."""

import pytest

from noteai.engine.artifact import Artifact
from noteai.lecture.clips import ClipSet
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.highlights import HighlightPlan
from noteai.workflows import HIGHLIGHTS

GIVEN = [each.gives for each in HIGHLIGHTS.stages]


@pytest.mark.parametrize("kind", [each for each in GIVEN if "warnings" in each.model_fields])
def test_what_an_artifact_warns_of_reaches_the_user(kind: type[Artifact]) -> None:
    assert kind.model_construct(warnings=("The sound ends early.",)).remarks == (
        "The sound ends early.",
    )


def test_a_plan_without_highlights_says_why() -> None:
    plan = HighlightPlan(highlights=(), reason_if_empty="Nobody speaks.")
    assert (plan.is_empty, plan.remarks) == (True, ("Nobody speaks.",))


def test_no_clips_are_an_empty_result() -> None:
    assert ClipSet(clips=(), aspect="16:9").is_empty


def test_an_analysis_that_only_stands_in_is_degraded() -> None:
    stand_in = ContentAnalysis(topics=(), sentences=(), analyst="offline", degraded=True)
    assert stand_in.is_degraded
    assert not stand_in.model_copy(update={"degraded": False}).is_degraded
