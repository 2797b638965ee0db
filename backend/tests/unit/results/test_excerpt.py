"""What a clip is rendered from is little, and makes the same clip."""

import pytest
from made_lecture import artifacts, layout, nowhere, passage, transcript

from noteai.agents.clips import ClipParams
from noteai.agents.clips.order import order
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.results.excerpt import given, said_in, shown_in
from noteai.results.version import Version
from noteai.timeline import span

SPANS = ((0, 30), (0, 9), (1.6, 14.4), (20.5, 24.5), (7, 9), (11.4, 24.6))


@pytest.mark.parametrize(("start", "end"), SPANS)
@pytest.mark.parametrize("shown", [None, layout(nowhere)])
def test_the_same_is_rendered_as_of_the_whole(
    start: float, end: float, shown: LayoutTimeline | None
) -> None:
    recording = artifacts()["recording"]
    assert isinstance(recording, Recording)
    highlight = passage(1, start, end)
    params, whole = ClipParams(), transcript()
    little = shown_in(shown, highlight) if shown else None
    part = order(recording, highlight, said_in(whole, highlight, {}), little, params)
    assert part == order(recording, highlight, whole, shown, params)


def test_words_are_numbered_anew_and_corrected_by_their_old_ids() -> None:
    part = said_in(transcript(), span(12, 30), {"w4": "modules", "w0": "Enthalpy"})
    assert [each.id for each in part.words] == [f"w{n}" for n in range(6)]
    assert [each.text for each in part.sentences] == ["modules & cats.", "Entropy is disorder."]


def test_what_is_far_from_the_clip_is_not_given() -> None:
    version = Version(highlight=passage(1, 15, 22), look={}, words={})
    recording = artifacts()["recording"]
    assert isinstance(recording, Recording)
    made = given(version, recording, transcript(), layout(nowhere))
    assert [each["text"] for each in made["Transcript"]["words"]] == ["cats.", "Entropy"]
    assert made["LayoutTimeline"]["slides"] == []
    assert len(made["LayoutTimeline"]["shots"]) == 1
    assert "LayoutTimeline" not in given(version, recording, transcript(), None)
