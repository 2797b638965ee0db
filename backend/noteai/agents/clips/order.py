"""What one clip is made of, and nothing else: its key changes when its own passage does."""

from collections.abc import Iterable, Iterator, Sequence

from noteai.agents.clips.params import ClipParams
from noteai.agents.clips.passage import inner_pauses
from noteai.engine.artifact import Artifact, FileRef
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import LayoutTimeline, Shot
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.lecture.writing import join
from noteai.timeline import Seconds, Span, overlap, span

_MARGIN = 1.0
"""Seconds around the passage in which a shot's edge is kept: frames are rounded."""


class ClipOrder(Artifact):
    """A passage to be rendered; times are the recording's."""

    recording: Recording
    """Without its audio and warnings, which no clip depends on."""
    start: Seconds
    end: Seconds
    title: str
    """As it is drawn; empty where none is."""
    spoken: Transcript
    """The words of the passage, numbered from 0."""
    pauses: tuple[Span, ...]
    """What is left out, in order."""
    shots: tuple[Shot, ...]
    slide_ends: tuple[float, ...]
    """When slides go that are shown in the passage."""
    params: ClipParams

    @property
    def is_captioned(self) -> bool:
        """Captions are drawn, and the title where there is no picture."""
        return self.params.burn_captions

    @property
    def passage(self) -> Span:
        return span(self.start, self.end)


class RenderedClip(Artifact):
    """The files of a clip, and how they look and sound: as in `Clip`."""

    video: FileRef
    thumbnail: FileRef
    srt: FileRef
    vtt: FileRef
    width: int
    height: int
    length: float
    loudness: float


def order(
    recording: Recording,
    highlight: Highlight,
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: ClipParams,
) -> ClipOrder:
    """`params` as the clip is drawn: its captions are, if they say so."""
    last = max(recording.duration, highlight.start)
    passage = span(highlight.start, min(highlight.end, last))
    spoken, longest = excerpt(transcript, passage), params.remove_pauses_longer_than
    near = span(max(0.0, passage.start - _MARGIN), passage.end + _MARGIN)
    return ClipOrder(
        recording=recording.model_copy(update={"audio": None, "warnings": ()}),
        start=passage.start,
        end=passage.end,
        title=highlight.title if params.burn_captions and not recording.video else "",
        spoken=spoken,
        pauses=tuple(inner_pauses(passage, spoken.words, longest, silence)),
        shots=_shots(layout.shots, near) if layout else (),
        slide_ends=_slide_ends(layout, near) if layout else (),
        params=params,
    )


def excerpt(transcript: Transcript, passage: Span) -> Transcript:
    """The words that are spoken in the passage, in the sentences that they belong to."""
    kept = [word for word in transcript.words if _is_in(word, passage)]
    places = {word.id: number for number, word in enumerate(kept)}
    found = (
        [places[word.id] for word in transcript.words_of(each) if word.id in places]
        for each in transcript.sentences
    )
    words = [
        Word(id=f"w{number}", start=each.start, end=each.end, text=each.text, probability=1.0)
        for number, each in enumerate(kept)
    ]
    sentences = (_sentence(n, words[mine[0] : mine[-1] + 1]) for n, mine in _numbered(found))
    return Transcript(language=transcript.language, words=tuple(words), sentences=tuple(sentences))


def _is_in(word: Word, passage: Span) -> bool:
    return overlap(word, passage) > 0 or passage.contains(word.middle)


def _numbered(found: Iterable[list[int]]) -> Iterator[tuple[int, list[int]]]:
    return enumerate(filter(None, found))


def _sentence(number: int, words: Sequence[Word]) -> Sentence:
    first, last = words[0], words[-1]
    return Sentence(
        id=f"s{number}",
        start=first.start,
        end=max(first.start, last.end),
        text=join(word.text for word in words),
        first_word=first.id,
        last_word=last.id,
    )


def _shots(shots: Sequence[Shot], near: Span) -> tuple[Shot, ...]:
    """Shots as far as they are near; how sure they are changes no picture."""
    return tuple(
        shot.model_copy(
            update={
                "start": max(shot.start, near.start),
                "end": min(shot.end, near.end),
                "confidence": 1.0,
            }
        )
        for shot in shots
        if overlap(shot, near) > 0
    )


def _slide_ends(layout: LayoutTimeline, near: Span) -> tuple[float, ...]:
    visits = (visit for slide in layout.slides for visit in slide.visits)
    return tuple(sorted({visit.end for visit in visits if near.contains(visit.end)}))
