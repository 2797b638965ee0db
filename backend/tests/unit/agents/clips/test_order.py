"""What goes into the order of a clip: all that it shows, and nothing of its neighbours."""

import json
from typing import Any

import pytest

from noteai.agents.clips import ClipOrder, ClipParams, order
from noteai.agents.clips.order import excerpt
from noteai.engine.artifact import FileRef
from noteai.engine.key import artifact_digest
from noteai.lecture.captions import CueStyle, cues
from noteai.lecture.content import Evidence
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import LayoutTimeline, Shot, Slide
from noteai.lecture.recording import Recording, VideoTrack
from noteai.lecture.sentences import assemble
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Transcript, Word
from noteai.timeline import span

FILE = FileRef(digest="0" * 64, media_type="video/mp4", size=1)
VIDEO = VideoTrack(
    index=0, codec="h264", width=640, height=360, coded_width=640, coded_height=360, frame_rate=25
)
RECORDING = Recording(
    file=FILE, container="mov", duration=100, video=VIDEO, audio_track=None, audio=FILE
)
SPOKEN = "First we count. Then we look at trees, and their leaves! At last we rest. That is all."


def spoken(text: str = SPOKEN, start: float = 0.0) -> Transcript:
    """A word a second."""
    words = [
        Word(id="w0", start=start + n, end=start + n + 0.8, text=word, probability=0.5)
        for n, word in enumerate(text.split())
    ]
    return assemble("en", words)


def highlight(**more: Any) -> Highlight:
    span = {"start": 3.0, "end": 11.0}
    words = {"rank": 1, "title": "Trees", "topic": "t0", "score": 1.0, "reasons": ()}
    return Highlight(evidence=Evidence(), **(span | words | more))


def layout(*edges: float) -> LayoutTimeline:
    spans = [span(a, b) for a, b in zip((0.0, *edges), (*edges, 100.0), strict=True)]
    shots = tuple(
        Shot(start=s.start, end=s.end, kind="board", confidence=0.7, screen=None, camera=None)
        for s in spans
    )
    slide = Slide(id="v0", title="", text="", picture=FILE, visits=tuple(spans))
    return LayoutTimeline(width=640, height=360, shots=shots, slides=(slide,))


def key(
    shown: Highlight | None = None,
    said: Transcript | None = None,
    seen: LayoutTimeline | None = None,
    recording: Recording = RECORDING,
    quiet: SilenceMap | None = None,
    **params: Any,
) -> str:
    knobs = ClipParams(**params)
    made = order(recording, shown or highlight(), said or spoken(), quiet, seen, knobs)
    return artifact_digest(made)


@pytest.mark.parametrize("edges", [(3.0, 11.0), (0.0, 100.0), (3.4, 3.5), (4.9, 9.1), (50, 60)])
@pytest.mark.parametrize("style", [None, CueStyle(columns=20)])
def test_an_excerpt_has_the_cues_of_the_whole(
    edges: tuple[float, float], style: CueStyle | None
) -> None:
    passage, whole = span(*edges), spoken()
    assert cues(excerpt(whole, passage), style, passage) == cues(whole, style, passage)


def test_an_excerpt_counts_its_words_and_sentences_from_nought() -> None:
    found = excerpt(spoken(), span(3.0, 11.0))
    assert [word.id for word in found.words] == [f"w{n}" for n in range(8)]
    assert [each.text for each in found.sentences] == ["Then we look at trees, and their leaves!"]
    assert found.sentences[0].last_word == "w7"


def test_what_is_said_or_shown_elsewhere_does_not_matter() -> None:
    usual = key(seen=layout(5.0, 40.0))
    assert key(seen=layout(5.0, 60.0)) == usual
    assert key(said=spoken(SPOKEN.replace("rest", "sleep")), seen=layout(5.0, 40.0)) == usual


def test_rank_topic_and_reasons_do_not_matter() -> None:
    assert key(highlight(rank=2, topic="t9", score=0.1, reasons=("because",))) == key()


def test_a_title_matters_where_it_is_drawn() -> None:
    woods, sound = highlight(title="Woods"), RECORDING.model_copy(update={"video": None})
    drawn = {"recording": sound, "burn_captions": True}
    assert key(woods) == key()
    assert key(woods, recording=sound) == key(recording=sound)
    assert key(woods, **drawn) != key(**drawn)


def test_what_the_clip_is_made_of_matters() -> None:
    usual = key(seen=layout(5.0))
    assert usual != key(highlight(end=12.0), seen=layout(5.0))
    assert usual != key(said=spoken(SPOKEN.replace("trees", "woods")), seen=layout(5.0))
    assert usual != key(seen=layout(6.0))
    assert usual != key(seen=layout(5.0), crf=21)


def silences(*times: tuple[float, float]) -> SilenceMap:
    spans = (Silence(start=a, end=b, kind="pause", level_db=-50) for a, b in times)
    return SilenceMap(duration=100, spans=tuple(spans))


def test_a_silence_matters_where_it_is_left_out() -> None:
    times = ((3.0, 4.0), (9.0, 10.0), (30.0, 31.0))
    words = (Word(id="w0", start=a, end=b, text="so", probability=1) for a, b in times)
    said, quiet = assemble("en", list(words)), silences((5, 8))
    cut = {"said": said, "remove_pauses_longer_than": 1.0}
    assert key(said=said, quiet=quiet) == key(said=said)
    assert key(**cut, quiet=quiet) != key(**cut, quiet=silences((6, 8)))
    assert key(**cut, quiet=quiet) == key(**cut, quiet=silences((5, 8), (20, 25)))


def test_a_passage_ends_with_the_recording() -> None:
    made = order(RECORDING, highlight(start=95.0, end=120.0), spoken(), None, None, ClipParams())
    assert made.passage == span(95.0, 100.0)


def test_an_order_is_the_same_to_whoever_reads_it() -> None:
    made = order(RECORDING, highlight(), spoken(), None, layout(5.0), ClipParams())
    again = ClipOrder.model_validate(json.loads(made.model_dump_json()))
    assert artifact_digest(again) == artifact_digest(made)
