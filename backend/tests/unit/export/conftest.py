"""A small finished lecture and the files that it refers to."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from noteai.engine.artifact import FileRef
from noteai.export import Finished
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import ContentAnalysis, Evidence, SentenceScore, Topic, TopicEvidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline, Shot, Slide
from noteai.lecture.recording import Recording, VideoTrack
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.timeline import span

VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\na &lt;b&gt;\nsecond line\n"


@dataclass(frozen=True)
class Shelf:
    """Files by their digest."""

    folder: Path

    def keep(self, content: bytes, media_type: str) -> FileRef:
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / digest).write_bytes(content)
        return FileRef(digest=digest, media_type=media_type, size=len(content))

    def fetch(self, ref: FileRef) -> Path:
        return self.folder / ref.digest


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return Shelf(folder)


@pytest.fixture
def lecture(shelf: Shelf, tmp_path: Path) -> Finished:
    source = tmp_path / "My lecture #1.mp4"
    source.write_bytes(b"film")
    return Finished(
        title="My lecture #1",
        recording=recording(shelf),
        silence=SilenceMap(
            duration=60.0, spans=(Silence(start=0, end=1.00049, kind="head", level_db=-51.5),)
        ),
        transcript=transcript(),
        layout=layout(shelf),
        content=content(),
        highlights=HighlightPlan(
            highlights=(passage(1, 20.0, 40.0, "t1"), passage(2, 2.0, 17.0, "t0"))
        ),
        clips=ClipSet(clips=(clip(shelf, 2, 2.0, 17.0), clip(shelf, 1, 20.0, 40.0)), aspect="16:9"),
        manifests=({"stage": "clips", "seconds": 1.5, "params": {"burn_captions": False}},),
        source=source,
    )


@pytest.fixture
def clip_of(shelf: Shelf) -> Callable[[int, str], Clip]:
    return lambda rank, title: clip(shelf, rank, 0.0, 20.0, title)


def recording(shelf: Shelf) -> Recording:
    video = VideoTrack(
        index=0, codec="h264", width=1280, height=720, coded_width=1280, coded_height=720,
        frame_rate=29.9699,
    )  # fmt: skip
    return Recording(
        file=shelf.keep(b"film", "video/mp4"),
        container="mov",
        duration=60.0,
        video=video,
        audio_track=None,
        audio=None,
    )


def transcript() -> Transcript:
    said = ["We", "begin.", "𝔛", "is", "</script>.", "Done."]
    words = tuple(
        Word(id=f"w{n}", start=n * 8.0 + 2, end=n * 8.0 + 4, text=text, probability=0.9)
        for n, text in enumerate(said)
    )
    spans = ((0, 1), (2, 4), (5, 5))
    sentences = tuple(
        Sentence(
            id=f"s{n}",
            start=words[a].start,
            end=words[b].end,
            text=" ".join(said[a : b + 1]),
            first_word=f"w{a}",
            last_word=f"w{b}",
        )
        for n, (a, b) in enumerate(spans)
    )
    return Transcript(language="en", words=words, sentences=sentences)


def layout(shelf: Shelf) -> LayoutTimeline:
    shots = (
        Shot(start=0, end=30, kind="slides", confidence=0.9, screen=Box(0, 0, 9, 8), camera=None),
        Shot(start=30, end=60, kind="camera", confidence=0.8, screen=None, camera=Box(1, 2, 3, 4)),
    )
    picture = shelf.keep(b"png", "image/png")
    visits = (span(0, 12), span(25, 30))
    slide = Slide(id="v0", title='<b>"Words"</b>', text="<i>", picture=picture, visits=visits)
    return LayoutTimeline(width=1280, height=720, shots=shots, slides=(slide,), warnings=("dim",))


def content() -> ContentAnalysis:
    evidence = TopicEvidence(
        title=Evidence(slides=("v0",)),
        summary=(Evidence(words=("w0",)),),
        scores={"example": Evidence(words=("w1",))},
    )
    facts = {"summary": "We begin.", "keywords": ("begin",), "evidence": evidence}
    topics = (
        Topic(id="t0", start=2, end=18, title="A <start>", importance=0.4,
              scores={"example": 0.5}, **facts),
        Topic(id="t1", start=18, end=58, title="B = 2; \\ #", importance=0.9,
              scores={"example": 0.1}, **facts),
    )  # fmt: skip
    scores = tuple(
        SentenceScore(id=f"s{n}", importance=value, scores={}, evidence={})
        for n, value in enumerate((0.2, 1.0, 0.0))
    )
    return ContentAnalysis(topics=topics, sentences=scores, analyst="offline")


def passage(rank: int, start: float, end: float, topic: str) -> Highlight:
    return Highlight(
        rank=rank, start=start, end=end, title=f"Nr. {rank}: what/why?", score=0.75,
        reasons=("it <matters>",), evidence=Evidence(words=("w0",)), topic=topic,
    )  # fmt: skip


def clip(
    shelf: Shelf, rank: int, start: float, end: float, title: str = "Nr. 1: what/why?"
) -> Clip:
    return Clip(
        rank=rank, start=start, end=end, title=title, topic="t0",
        video=shelf.keep(f"mp4 {rank}".encode(), "video/mp4"),
        thumbnail=shelf.keep(f"jpg {rank}".encode(), "image/jpeg"),
        srt=shelf.keep(f"srt {rank}".encode(), "application/x-subrip"),
        vtt=shelf.keep(VTT.encode(), "text/vtt"),
        width=1280, height=720, length=end - start, loudness=-16.0,
    )  # fmt: skip
