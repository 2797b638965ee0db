"""A small made-up lecture as a job that has completed, with its files in a store."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from noteai.accounts.models import Account
from noteai.engine.artifact import Artifact, FileRef
from noteai.jobs.models import JobRow, StageRow
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import ContentAnalysis, Evidence, SentenceScore, Topic, TopicEvidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import Box, LayoutTimeline, Shot, Slide
from noteai.lecture.recording import Recording
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.results.projection import project
from noteai.timeline import span
from noteai.uploads.models import UploadRow

Keep = Callable[[bytes, str], FileRef]
SAID = ("Entropy <never> falls.", "Naïve models & cats.", "Entropy is disorder.")
VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\nhello\n"


def nowhere(content: bytes, media_type: str) -> FileRef:
    digest = hashlib.sha256(content).hexdigest()
    return FileRef(digest=digest, media_type=media_type, size=len(content))


def artifacts(keep: Keep = nowhere) -> dict[str, Artifact]:
    """By stage."""
    return {
        "recording": Recording(
            file=keep(b"film", "video/mp4"), container="mov", duration=30.0, video=None,
            audio_track=None, audio=None,
        ),
        "silence": SilenceMap(
            duration=30.0, spans=(Silence(start=9, end=10, kind="pause", level_db=-50),)
        ),
        "transcript": transcript(),
        "layout": layout(keep),
        "content": content(),
        "segments": HighlightPlan(highlights=(passage(1, 20, 30), passage(2, 0, 9))),
        "clips": ClipSet(clips=(clip(keep, 1, 20, 30), clip(keep, 2, 0, 9)), aspect="16:9"),
    }  # fmt: skip


def transcript() -> Transcript:
    words, sentences = [], []
    for number, text in enumerate(SAID):
        first = len(words)
        for offset, word in enumerate(text.split()):
            start = number * 10.0 + offset * 2
            words.append(
                Word(id=f"w{len(words)}", start=start, end=start + 1, text=word, probability=0.9)
            )
        sentences.append(
            Sentence(
                id=f"s{number}", start=words[first].start, end=words[-1].end, text=text,
                first_word=f"w{first}", last_word=f"w{len(words) - 1}",
            )
        )  # fmt: skip
    return Transcript(language="en", words=tuple(words), sentences=tuple(sentences))


def layout(keep: Keep) -> LayoutTimeline:
    shot = Shot(start=0, end=30, kind="slides", confidence=1, screen=Box(0, 0, 9, 8), camera=None)
    slide = Slide(
        id="v0", title="Disorder", text="Entropy <b>\nof ice", picture=keep(b"png", "image/png"),
        visits=(span(5, 12), span(25, 30)),
    )  # fmt: skip
    return LayoutTimeline(width=1280, height=720, shots=(shot,), slides=(slide,))


def content() -> ContentAnalysis:
    proof = TopicEvidence(
        title=Evidence(slides=("v0",)), summary=(Evidence(words=("w0",)),), scores={}
    )
    facts: dict[str, Any] = {"summary": "It never falls.", "keywords": ("entropy",)}
    topics = tuple(
        Topic(
            id=f"t{number}", start=number * 15, end=number * 15 + 15, title=f"Part {number}",
            importance=0.5, scores={"example": 0.25}, evidence=proof, **facts,
        )
        for number in range(2)
    )  # fmt: skip
    scores = tuple(
        SentenceScore(id=f"s{n}", importance=0.5, scores={}, evidence={}) for n in range(len(SAID))
    )
    return ContentAnalysis(topics=topics, sentences=scores, analyst="offline")


def passage(rank: int, start: float, end: float) -> Highlight:
    return Highlight(
        rank=rank, start=start, end=end, title=f"Clip {rank}?", score=0.75, reasons=("a claim",),
        evidence=Evidence(words=("w0",)), topic="t0",
    )  # fmt: skip


def clip(keep: Keep, rank: int, start: float, end: float) -> Clip:
    return Clip(
        rank=rank, start=start, end=end, title=f"Clip {rank}?", topic="t0",
        video=keep(f"mp4 {rank}".encode() * 1000, "video/mp4"),
        thumbnail=keep(f"jpg {rank}".encode(), "image/jpeg"),
        srt=keep(f"srt {rank}".encode(), "application/x-subrip"),
        vtt=keep(VTT.encode(), "text/vtt"),
        width=1280, height=720, length=end - start, loudness=-16.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Made:
    """Puts jobs into a database."""

    session: Session
    account: UUID

    def job(self, made: Mapping[str, Artifact], state: str = "completed", **facts: Any) -> UUID:
        """A job whose stages gave these artifacts, with their rows."""
        job, upload = uuid4(), uuid4()
        if self.session.get(Account, self.account) is None:
            self.session.add(Account(id=self.account, name="a"))
            self.session.flush()
        self.session.add(
            UploadRow(
                id=upload, account_id=self.account, name="a", media_type="video/mp4", size=1,
                part_size=1, expires_at=datetime.now(UTC), state="complete",
            )
        )  # fmt: skip
        self.session.flush()
        owned = {"id": job, "account_id": self.account, "upload_id": upload, "title": "Lecture 1"}
        self.session.add(
            JobRow(**{**owned, "workflow": "highlights", "state": state, "duration": 30.0, **facts})
        )
        self.session.flush()
        for position, (stage, artifact) in enumerate(made.items()):
            output = artifact.model_dump(mode="json")
            row = {"job_id": job, "stage": stage, "position": position, "queue": "default"}
            manifest = {"stage": stage, "output": output, "seconds": 1.5, "params": {}}
            self.session.add(StageRow(**row, state="done", manifest=manifest, kept=[]))
            self.session.flush()
            project(self.session, job, stage, output)
        return job
