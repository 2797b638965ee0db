"""What a clip is rendered from is little, and makes the same clip."""

import pytest
from made_lecture import artifacts, layout, nowhere, passage, transcript

from noteai.agents.clips import ClipParams
from noteai.agents.clips.order import order
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import Silence, SilenceMap
from noteai.results.excerpt import given, quiet_in, said_in, shown_in
from noteai.results.version import Version
from noteai.timeline import span

QUIET = SilenceMap(
    duration=30,
    spans=tuple(
        Silence(start=start, end=start + 0.7, kind="pause", level_db=-50)
        for start in (1.2, 3.1, 8.2, 15.2, 21.1, 24.4)
    ),
)
SPANS = ((0, 30), (0, 9), (1.6, 14.4), (20.5, 24.5), (7, 9), (11.4, 24.6))


@pytest.mark.parametrize(("start", "end"), SPANS)
@pytest.mark.parametrize("shown", [None, layout(nowhere)])
def test_the_same_is_rendered_as_of_the_whole(
    start: float, end: float, shown: LayoutTimeline | None
) -> None:
    recording = artifacts()["recording"]
    assert isinstance(recording, Recording)
    highlight = passage(1, start, end)
    params, whole = ClipParams(remove_pauses_longer_than=0.2), transcript()
    little = shown_in(shown, highlight) if shown else None
    quiet = quiet_in(QUIET, highlight)
    part = order(recording, highlight, said_in(whole, highlight, {}), quiet, little, params)
    assert part == order(recording, highlight, whole, QUIET, shown, params)


def test_words_are_numbered_anew_and_corrected_by_their_old_ids() -> None:
    part = said_in(transcript(), span(12, 30), {"w4": "modules", "w0": "Enthalpy"})
    assert [each.id for each in part.words] == [f"w{n}" for n in range(6)]
    assert [each.text for each in part.sentences] == ["modules & cats.", "Entropy is disorder."]


def test_what_is_far_from_the_clip_is_not_given() -> None:
    version = Version(highlight=passage(1, 15, 22), look={}, words={})
    recording = artifacts()["recording"]
    assert isinstance(recording, Recording)
    made = given(version, recording, transcript(), QUIET, layout(nowhere))
    assert [each["text"] for each in made["Transcript"]["words"]] == ["cats.", "Entropy"]
    assert made["LayoutTimeline"]["slides"] == []
    assert len(made["LayoutTimeline"]["shots"]) == 1
    assert [each["start"] for each in made["SilenceMap"]["spans"]] == [15.2, 21.1]
    less = given(version, recording, transcript(), None, None)
    assert {"LayoutTimeline", "SilenceMap"}.isdisjoint(less)
