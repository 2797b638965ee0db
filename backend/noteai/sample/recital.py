"""The script spoken with pauses, and the exact times of everything that was said."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from noteai.lecture.silence import SilenceKind
from noteai.sample.script import Line, Script
from noteai.sample.truth import SpokenSentence, SpokenWord, TrueSilence, TrueTopic
from noteai.sample.voice import MIN_SILENCE, RATE, Samples, Utterance

SPEECH_DB = -22.0
"""Level of the voice before the seed makes it louder or softer, in dB of full scale."""
_LOUDEST = 0.89


@dataclass(frozen=True)
class Recital:
    """A spoken script. `voice_file` holds the clean voice: 24 kHz mono, 16 bits, no header."""

    voice_file: Path
    duration: float
    words: tuple[SpokenWord, ...]
    sentences: tuple[SpokenSentence, ...]
    silences: tuple[TrueSilence, ...]
    topics: tuple[TrueTopic, ...]


@dataclass(frozen=True)
class Pauses:
    """Seconds of silence before each sentence; `longest` is the place of the one long break."""

    before: tuple[float, ...]
    tail: float
    longest: int


def recite(
    script: Script,
    say: Callable[[str, int], Utterance],
    voice_file: Path,
    rng: np.random.Generator,
    on_progress: Callable[[float], None],
) -> Recital:
    """Speak the script into `voice_file`, sentence by sentence, so that memory stays flat.

    `say` speaks a sentence, given a seed.
    """
    told = [(place, line) for place, each in enumerate(script.sections) for line in each.lines]
    pauses = draw_pauses([place for place, _ in told], rng)
    gains = rng.uniform(-3.0, 3.0, len(script.sections))
    notes = _Notes()
    with voice_file.open("wb") as file:
        for at, (place, line) in enumerate(told):
            _write(file, np.zeros(round(pauses.before[at] * RATE), np.float32))
            said = say(line.text, int(rng.integers(1 << 31)))
            notes.take(said, line, place, file.tell() / 2 / RATE)
            _write(file, levelled(said.samples, SPEECH_DB + float(gains[place])))
            on_progress((at + 1) / len(told))
        _write(file, np.zeros(round(pauses.tail * RATE), np.float32))
        duration = file.tell() / 2 / RATE
    return notes.recital(script, voice_file, duration, pauses.longest)


def draw_pauses(topics: list[int], rng: np.random.Generator) -> Pauses:
    """Pauses between the sentences of these topics."""
    before = [float(rng.uniform(0.25, 0.8)) for _ in topics]
    borders = [at for at in range(1, len(topics)) if topics[at] != topics[at - 1]]
    for at in borders:
        before[at] = float(rng.uniform(1.5, 4.0))
    before[0] = float(rng.uniform(0.8, 2.5))
    longest = borders[len(borders) // 2]
    before[longest] = float(rng.uniform(6.0, 9.0))
    return Pauses(tuple(before), tail=float(rng.uniform(1.2, 3.0)), longest=longest)


def levelled(samples: Samples, level_db: float) -> Samples:
    """The loud parts of a voice brought to a level; peaks are bent, not cut."""
    loud = np.sqrt(np.mean(samples[np.abs(samples) >= np.abs(samples).mean()] ** 2))
    scaled = samples * (10 ** (level_db / 20) / max(float(loud), 1e-6))
    return np.asarray(np.tanh(scaled / _LOUDEST) * _LOUDEST, np.float32)


class _Notes:
    """What was said when, as it is said."""

    def __init__(self) -> None:
        self.words: list[SpokenWord] = []
        self.sentences: list[SpokenSentence] = []
        self.speech: list[tuple[float, float]] = []

    def take(self, said: Utterance, line: Line, topic: int, start: float) -> None:
        first = len(self.words)
        self.words += [
            SpokenWord(start=_ms(start + a), end=_ms(start + b), text=text)
            for text, (a, b) in zip(line.text.split(), said.words, strict=True)
        ]
        self.speech += [(_ms(start + a), _ms(start + b)) for a, b in heard(said)]
        self.sentences.append(
            SpokenSentence(
                start=_ms(start),
                end=_ms(start + said.duration),
                text=line.text,
                first_word=first,
                last_word=len(self.words) - 1,
                topic=topic,
                cue=line.cue,
                important=line.important,
                dangling=line.dangling,
            )
        )

    def recital(self, script: Script, file: Path, duration: float, longest: int) -> Recital:
        return Recital(
            voice_file=file,
            duration=duration,
            words=tuple(self.words),
            sentences=tuple(self.sentences),
            silences=tuple(self._silences(duration, self.sentences[longest].start)),
            topics=tuple(self._topics(script, duration)),
        )

    def _silences(self, duration: float, break_end: float) -> Iterator[TrueSilence]:
        edges = [(0.0, 0.0), *self.speech, (_ms(duration), _ms(duration))]
        for (_, start), (end, _) in itertools.pairwise(edges):
            if end - start >= MIN_SILENCE:
                kind = _kind(start, end, _ms(duration), break_end)
                yield TrueSilence(start=start, end=end, kind=kind)

    def _topics(self, script: Script, duration: float) -> Iterator[TrueTopic]:
        starts = [
            min(each.start for each in self.sentences if each.topic == place)
            for place in range(len(script.sections))
        ]
        starts[0] = 0.0
        for section, start, end in zip(
            script.sections, starts, [*starts[1:], _ms(duration)], strict=True
        ):
            yield TrueTopic(start=start, end=end, title=section.title, keywords=section.keywords)


def heard(said: Utterance) -> list[tuple[float, float]]:
    """The stretches of an utterance outside its silences."""
    edges = [0.0, *itertools.chain.from_iterable(said.silences), said.duration]
    return list(zip(edges[::2], edges[1::2], strict=True))


def loudness_curve(voice_file: Path, frame_rate: float) -> npt.NDArray[np.float32]:
    """How far the lecturer's mouth is open, 0 to 1, for each frame of the film."""
    levels: list[float] = []
    read = 0
    with voice_file.open("rb") as file:
        while part := file.read(2 * (round((len(levels) + 1) * RATE / frame_rate) - read)):
            samples = np.frombuffer(part, np.int16)
            read += len(samples)
            levels.append(float(np.abs(samples[::8].astype(np.float32)).mean()))
    return np.asarray(np.clip(np.asarray(levels) / 3500.0, 0.0, 1.0), np.float32)


def _kind(start: float, end: float, duration: float, break_end: float) -> SilenceKind:
    if start == 0.0:
        return "head"
    if end == duration:
        return "tail"
    return "break" if end == break_end else "pause"


def _write(file: BinaryIO, samples: Samples) -> None:
    file.write((samples * 32767).astype("<i2").tobytes())


def _ms(seconds: float) -> float:
    return round(float(seconds), 3)
