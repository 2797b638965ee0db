"""How long transcribing takes, and how much memory."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.clock import best_of, seconds
from bench.media import FFMPEG
from bench.table import Row
from bench.transcript.recordings import talks
from bench.transcript.subject import THREADS, direct, duration, model, ours, pipeline

ROUNDS = 2


def pace() -> list[Row]:
    """Ratios of wall-clock times, each the best of rounds in which all take turns."""
    load = seconds(model)
    pipeline()
    with tempfile.TemporaryDirectory() as name:
        audio = talks(Path(name))
        took = best_of(
            ROUNDS,
            {
                "stage": lambda: ours(audio),
                "batched": lambda: direct(audio),
                "sequential": lambda: direct(audio, batched=False),
            },
        )
        length = duration(audio)
    note = (
        f"{length / took['stage']:.1f} x real time on {THREADS} threads; "
        f"loading the model took {load:.1f} s, not counted"
    )
    on = f"{length / 60:.1f} minutes of three real recordings"
    limit, naive = took["stage"] / took["batched"], took["sequential"] / took["stage"]
    return [
        Row("transcript: time / batched pipeline", on, round(limit, 2), 1.05, "at most", note),
        Row("transcript: times faster than the sequential pipeline", on, round(naive, 2), 2.0),
    ]


def memory() -> list[Row]:
    """Peaks of processes of their own, with the smaller model, which grows no less."""
    with tempfile.TemporaryDirectory() as name:
        peaks = [peak(Path(name), minutes) for minutes in (10, 60)]
    note = f"{peaks[0] / 1e6:.0f} and {peaks[1] / 1e6:.0f} MB, model and Python included"
    measure = "transcript: peak memory of 60 minutes / 10 minutes"
    ratio = round(peaks[1] / peaks[0], 3)
    return [Row(measure, "real recordings, looped", ratio, 1.1, "at most", note)]


def peak(folder: Path, minutes: int) -> int:
    """Bytes that a process of its own uses at most."""
    talk = talks(folder)
    looped = folder / "looped.flac"
    args = ("-stream_loop", "-1", "-i", str(talk), "-t", str(60 * minutes), "-c:a", "flac")
    FFMPEG.run((*args, str(looped)), folder)
    command = [sys.executable, "-m", "bench.transcript.alone", str(looped)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1])
