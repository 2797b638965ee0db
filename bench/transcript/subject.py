"""The stage, and the same model called directly."""

from functools import cache
from pathlib import Path
from typing import Any

from bench.desk import desk
from bench.recordings import heard
from noteai.agents.transcript import TranscriptParams, transcript
from noteai.lecture.transcript import Transcript
from noteai.resources.transcriber import Transcriber, weights
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.settings import Settings

THREADS = 2


@cache
def model(name: str = "base") -> FasterWhisperTranscriber:
    made = FasterWhisperTranscriber(
        cache=Settings().cache_dir / "models", model=name, threads=THREADS
    )
    made.load()
    return made


def duration(audio: Path) -> float:
    import av

    with av.open(str(audio)) as container:
        return float((container.duration or 0) / 1e6)


def ours(audio: Path, name: str = "base") -> Transcript:
    with desk({Transcriber: model(name)}) as here:
        recording = heard(here, audio, duration(audio))
        return transcript(recording, TranscriptParams(), model(name), here)


@cache
def pipeline() -> Any:
    """faster-whisper as its users call it: the same weights, all threads for one batch."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    folder = weights.locate("base", Settings().cache_dir / "models")
    return BatchedInferencePipeline(
        WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS)
    )


def direct(audio: Path, *, batched: bool = True) -> list[Any]:
    """Segments of faster-whisper's own pipelines."""
    if batched:
        found, _ = pipeline().transcribe(str(audio), word_timestamps=True, batch_size=8)
    else:
        found, _ = pipeline().model.transcribe(str(audio), word_timestamps=True)
    return list(found)
