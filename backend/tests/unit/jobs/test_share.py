from noteai.jobs import share
from noteai.jobs.graph import StageFacts
from noteai.workflows import HIGHLIGHTS


def test_every_stage_of_the_highlights_was_measured() -> None:
    assert set(share.WEIGHTS) == set(HIGHLIGHTS.names)
    assert round(sum(share.WEIGHTS.values()), 6) == 1.0


def test_a_job_is_as_far_as_its_stages_are() -> None:
    facts = [StageFacts("recording", "done"), StageFacts("transcript", "running", 0.5)]
    assert share.reached(facts) == round((0.02 + 0.25) / 0.52, 4)


def test_what_is_over_counts_whole_however_it_ended() -> None:
    facts = [StageFacts("layout", "failed", 0.1), StageFacts("transcript", "blocked")]
    assert share.reached(facts) == round(0.3 / 0.8, 4)


def test_only_its_end_makes_a_job_whole() -> None:
    assert share.reached([StageFacts("clips", "done")]) == 0.99
    assert share.reached([]) == 0.0
