"""Silence: how well it is found and how long that takes.

`python -m bench.silence` prints the rows. Media are found by NOTEAI_MEDIA_DIR.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.clock import best_of
from bench.listen import VOICE, listen
from bench.media import FFMPEG, extract, media
from bench.process import python
from bench.table import Row
from noteai.lecture.silence import SilenceMap
from noteai.timeline import Span, complement, span

Mask = npt.NDArray[np.bool_]
"""For each 10 ms, whether nobody speaks."""

RECITALS = (11, 12, 13)
"""Seeds of the synthetic recitals; the stage was tuned on 1 to 4."""
ROUNDS = 3


def samples_of(audio: Path) -> npt.NDArray[np.float32]:
    pcm = FFMPEG.run(("-i", str(audio), "-f", "s16le", "-"), audio.parent).stdout
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


@dataclass(frozen=True)
class Heard:
    """A recording with its gold and what three ways make of it."""

    gold: Mask
    found: Mask
    silero: Mask
    fixed: Mask


def compare(
    source: Path, silences: Iterable[Span] | None = None, speech: Iterable[Span] = ()
) -> Heard:
    """`silences`, or else what `speech` leaves over, is the gold."""
    with tempfile.TemporaryDirectory() as folder:
        audio = extract(source, Path(folder) / "audio.flac")
        samples = samples_of(audio)
        duration = len(samples) / 16000
        found = listen(audio, duration).spans
        fixed = fixed_level(audio, duration)
    voices = np.concatenate(list(VOICE.probabilities([samples])))
    steps = round(duration * 100)
    at = np.minimum((np.arange(steps) * 0.01 + 0.005) / 0.032, len(voices) - 1).astype(int)
    gold = complement(speech, duration) if silences is None else silences
    return Heard(mask(gold, steps), mask(found, steps), voices[at] < 0.5, mask(fixed, steps))


def mask(spans: Iterable[Span], steps: int) -> Mask:
    quiet = np.zeros(steps, np.bool_)
    for each in spans:
        quiet[round(each.start * 100) : round(each.end * 100)] = True
    return quiet


def fixed_level(audio: Path, duration: float) -> list[Span]:
    """Ffmpeg's silencedetect at -30 dB, which is its best on TEN-VAD."""
    args = ("-v", "info", "-i", str(audio), "-af", "silencedetect=-30dB:d=0.1", "-f", "null", "-")
    program = [FFMPEG.program, "-hide_banner", "-nostats", *args]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stderr
    starts = [max(0.0, float(each)) for each in re.findall(r"silence_start: (-?[\d.]+)", said)]
    ends = [float(each) for each in re.findall(r"silence_end: ([\d.]+)", said)]
    ends += [duration] * (len(starts) - len(ends))
    return [span(a, max(a, b)) for a, b in zip(starts, ends, strict=True)]


def f1(pairs: Iterable[tuple[Mask, Mask]]) -> float:
    """F1 of silence over the joined 10 ms frames of (gold, found)."""
    hit = missed = wrong = 0
    for gold, found in pairs:
        hit += int((gold & found).sum())
        missed += int((gold & ~found).sum())
        wrong += int((~gold & found).sum())
    return 2 * hit / (2 * hit + missed + wrong)


def quality() -> list[Row]:
    return [*ten_vad(), *conversations(), counts(), *recitals()]


def ten_vad() -> list[Row]:
    clips = sorted((media() / "vad/ten_vad").glob("*.wav"))
    heard = [compare(clip, list(labels(clip.with_suffix(".scv")))) for clip in clips]
    return against("ten_vad, pooled", heard, goal=0.85)


def labels(file: Path) -> Iterator[Span]:
    """The silences of a TEN-VAD label file: name, then start, end, 0 or 1, and so on."""
    fields = file.read_text().strip().split(",")[1:]
    for start, end, is_speech in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        if is_speech == "0":
            yield span(float(start), float(end))


def conversations() -> list[Row]:
    folder = media() / "vad"
    turns = rttm(folder.glob("*/*.rttm"))
    files = [folder / "pyannote_sample/sample.wav", *sorted((folder / "ami_debug").glob("*.wav"))]
    heard = {each.stem: compare(each, speech=turns[each.stem]) for each in files}
    sample = against("pyannote_sample", [heard.pop("sample")])
    return [*sample, *against("ami_debug, pooled", list(heard.values()))]


def rttm(files: Iterable[Path]) -> dict[str, list[Span]]:
    turns: dict[str, list[Span]] = {}
    for line in (line for file in files for line in file.read_text().splitlines()):
        _, name, _, start, lasts, *_ = line.split()
        turns.setdefault(name, []).append(span(float(start), float(start) + float(lasts)))
    return turns


def against(on: str, heard: list[Heard], goal: float | None = None) -> list[Row]:
    ways = {
        "silence: F1 of 10 ms frames": f1((each.gold, each.found) for each in heard),
        "the same, Silero v6 alone at 0.5": f1((each.gold, each.silero) for each in heard),
        "the same, silencedetect at -30 dB": f1((each.gold, each.fixed) for each in heard),
    }
    goals = [goal, None, None]
    return [
        Row(name, on, round(reached, 3), aim)
        for (name, reached), aim in zip(ways.items(), goals, strict=True)
    ]


def counts() -> Row:
    """How many files with a known number or order of stretches are read right."""
    vad = media() / "vad"
    right = [order(found(vad / f"aeneas/{name}.wav")) == name for name in ("n", "ns", "sn")]
    tones = found(vad / "tone2s-silence4s-tone2s.opus")
    right.append([(each.start, each.end) for each in tones.spans] == [(0, tones.duration)])
    talk = found(media() / "audio/opencast_testspeech_60s.mp4", min_seconds=5.0)
    stretches = complement(talk.spans, talk.duration)
    right.append(sum(each.duration >= 4 for each in stretches) == 2)
    return Row(
        "silence: files with the right count or order of stretches",
        "aeneas n, ns, sn; tones; opencast_testspeech",
        sum(right),
        5,
        note="nobody speaks in the tone file, so all of it is one silence; speech of 4 s and more "
        "in opencast_testspeech is counted between silences of 5 s, Opencast's default",
    )


def found(source: Path, **knobs: float) -> SilenceMap:
    with tempfile.TemporaryDirectory() as folder:
        audio = extract(source, Path(folder) / "audio.flac")
        return listen(audio, len(samples_of(audio)) / 16000, **knobs)


def order(map_: SilenceMap) -> str:
    """`n` for each stretch without speech and `s` for each with it, in order of time."""
    quiet = [(each.start, "n") for each in map_.spans]
    talk = [(each.start, "s") for each in complement(map_.spans, map_.duration)]
    return "".join(letter for _, letter in sorted(quiet + talk))


def recitals() -> list[Row]:
    """The sound of the synthetic lecture: its voice, its pauses and its room."""
    with tempfile.TemporaryDirectory() as folder:
        heard = [recital(Path(folder), seed) for seed in RECITALS]
    on = f"synthetic lecture's sound, seeds {RECITALS}, pooled"
    rows = against(on, heard, goal=0.97)
    each = ", ".join(f"{f1([(one.gold, one.found)]):.3f}" for one in heard)
    return [replace(rows[0], note=f"seed by seed {each}"), *rows[1:]]


def recital(folder: Path, seed: int) -> Heard:
    """Three minutes as `noteai.sample.make` draws them, encoded as AAC."""
    from noteai.sample.recital import recite
    from noteai.sample.script import write
    from noteai.sample.sound import Sound
    from noteai.sample.voice import Voice

    script, pauses, tone = (np.random.default_rng([seed, part]) for part in (0, 1, 4))
    voice = Voice(pitch=float(pauses.uniform(0.85, 1.05)), pace=float(pauses.uniform(0.82, 1.0)))
    lines = write(3.0, script)
    said = recite(lines, voice.say, folder / "voice.raw", pauses, lambda _: None)
    room = Sound(tone)
    with (folder / "sound.raw").open("wb") as file:
        for frame in room.chunks(said.voice_file):
            file.write(frame.to_ndarray().astype("<f4").tobytes())
    raw = ("-f", "f32le", "-ar", "48000", "-ac", "1", "-i", str(folder / "sound.raw"))
    FFMPEG.run((*raw, "-c:a", "aac", "-b:a", "128k", str(folder / "sound.m4a")), folder)
    return compare(folder / "sound.m4a", said.silences)


LIBROSA = """
import sys, librosa
samples, rate = librosa.load(sys.argv[1], sr=None)
librosa.effects.split(samples, top_db=30)
"""
PYDUB = """
import sys
from pydub import AudioSegment
from pydub.silence import detect_silence
detect_silence(AudioSegment.from_wav(sys.argv[1]), min_silence_len=300, silence_thresh=-40)
"""


def speed() -> list[Row]:
    """Ratios of wall-clock times, each the best of three rounds in which all take turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        talk = looped(folder, 600)
        audio = extract(talk, folder / "audio.flac")
        wave = folder / "audio.wav"
        FFMPEG.run(("-i", str(audio), str(wave)), folder)
        samples = samples_of(audio)
        took = best_of(
            ROUNDS,
            {
                "sound": lambda: decode("-i", str(talk), "-vn"),
                "flac": lambda: decode("-i", str(audio)),
                "stage": lambda: listen(audio, 600),
                "silero": lambda: list(VOICE.probabilities([samples])),
                "start": lambda: process("-c", "import bench.listen"),
                "process": lambda: process("-m", "bench.listen", audio, 600),
                "librosa": lambda: process("-c", LIBROSA, audio),
                "pydub": lambda: process("-c", PYDUB, wave),
            },
        )
        return [*ratios(took), memory(folder)]


def ratios(took: dict[str, float]) -> list[Row]:
    note = f"the stage took {took['stage']:.2f} s, {600 / took['stage']:.0f} x real time"
    on = "10 minutes of a real lecture"
    sound, flac = took["stage"] / took["sound"], took["stage"] / took["flac"]
    silero = took["silero"] / took["flac"]
    librosa, pydub = took["librosa"] / took["process"], took["pydub"] / took["process"]
    why = (
        f"{took['process']:.2f} s, of which {took['start']:.2f} are start-up; the model alone "
        f"takes {took['silero']:.2f} of samples in memory"
    )
    limit, naive = "silence: time / ", "silence, as a process: times faster than "
    return [
        Row(limit + "decoding the sound to null", on, round(sound, 2), 1.5, "at most", note),
        Row(limit + "decoding the extracted FLAC", on, round(flac, 2), 1.5, "at most"),
        Row("the same, Silero v6 alone on samples in memory", on, round(silero, 2)),
        Row(naive + "librosa", on, round(librosa, 1), 5, note=why),
        Row(naive + "pydub", on, round(pydub, 1), 5, note=why),
    ]


def memory(folder: Path) -> Row:
    short, long = (_peak(looped(folder, seconds), seconds) for seconds in (600, 3600))
    note = f"{short / 1e6:.0f} and {long / 1e6:.0f} MB, the model and Python with them"
    measure = "silence: peak memory of 60 minutes / 10 minutes"
    return Row(measure, "a real lecture, looped", round(long / short, 3), 1.1, "at most", note)


def _peak(talk: Path, seconds: float) -> int:
    audio = extract(talk, talk.with_name("audio.flac"))
    return int(process("-m", "bench.listen", audio, seconds))


def looped(folder: Path, seconds: float) -> Path:
    """The sound of a real lecture as it was encoded, again and again."""
    source = media() / "video/gis_mooc_slides_101s.mp4"
    args = ("-stream_loop", "-1", "-i", str(source), "-t", str(seconds), "-vn", "-c", "copy")
    FFMPEG.run((*args, str(folder / "talk.mp4")), folder)
    return folder / "talk.mp4"


def decode(*source: str) -> None:
    args = ("-v", "error", "-threads", "1", *source, "-f", "null", "-")
    subprocess.run([FFMPEG.program, *args], check=True)


def process(*args: object) -> str:
    """What a process of its own prints."""
    ended = python(*map(str, args))
    ended.check_returncode()
    return ended.stdout


if __name__ == "__main__":
    for row in [*quality(), *speed()]:
        print(row)
