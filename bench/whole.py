"""The whole job: edges, evidence, the cache, memory and growth with length."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.media import media
from bench.process import python
from bench.table import Row
from noteai.cli.files import FileMissing
from noteai.engine.workflow import UnknownStage
from noteai.sample import make
from noteai.workflows import HIGHLIGHTS

LENGTHS = tuple(map(int, os.environ.get("NOTEAI_BENCH_MINUTES", "5 10 20 60").split()))
"""Minutes of synthetic lecture at which growth is measured; an hour takes half an hour."""
FROM = min(LENGTHS, key=lambda minutes: abs(minutes - 10))
"""The length whose memory the longest is compared with."""
ROUNDS = 5
EDGE = 0.02
"""Seconds within which an edge counts as lying outside every word."""


def quality() -> list[Row]:
    rows: list[Row] = []
    with lecture(5, seed=21) as (video, folder):
        rows += _of_run(video, folder, "synthetic, 5 minutes")
    for path in _real():
        with tempfile.TemporaryDirectory() as name:
            rows += _of_run(path, Path(name), path.name)
    return rows


def speed() -> list[Row]:
    return [*warm(), *growth()]


def warm() -> list[Row]:
    """Seconds that a run takes beyond start-up when everything is cached.

    Start-up is the same command with a stage that is not there: all that a run needs is loaded,
    and it ends. It is taken right before and right after each warm run, for a machine's pace
    drifts.
    """
    with lecture(10, seed=22) as (video, folder):
        noteai(video, folder)
        run = partial(_seconds, 0, _command(video, folder))
        start = partial(
            _seconds, UnknownStage.exit_status, (*_command(video, folder), "--without", "none")
        )
        rounds = [(start(), run(), start()) for _ in range(ROUNDS)]
        missing = _command(folder / "none.mp4", folder)
        refusals = [_seconds(FileMissing.exit_status, missing) for _ in range(ROUNDS)]
    warm_run = median(took for _, took, _ in rounds)
    start_up = median(took for before, _, after in rounds for took in (before, after))
    note = f"{warm_run:.2f} s in all"
    return [
        Row(
            "warm run beyond start-up, seconds",
            "10 minutes",
            warm_run - start_up,
            0.5,
            "at most",
            note,
        ),
        Row("start-up, seconds", "a stage that is not there", start_up),
        Row("refusal, seconds", "a file that is not there", median(refusals)),
        Row("help, seconds", "noteai --help", median(_seconds(0, ("--help",)) for _ in refusals)),
    ]


def growth() -> list[Row]:
    """Seconds and peak memory of each stage at each length."""
    facts: dict[int, dict[str, Any]] = {}
    for minutes in LENGTHS:
        with lecture(minutes, seed=23) as (video, folder):
            facts[minutes] = {each: stage(video, folder, each) for each in HIGHLIGHTS.names}
    rows = []
    for name in HIGHLIGHTS.names:
        for minutes in LENGTHS:
            found = facts[minutes][name]
            pace = found["seconds"] / minutes
            rows.append(Row(f"{name}: seconds a minute of lecture", f"{minutes} minutes", pace))
        short, long = facts[FROM][name], facts[LENGTHS[-1]][name]
        ratio, peak = long["peak"] / short["peak"], long["peak"] / 1e6
        on = f"{LENGTHS[-1]} against {FROM} minutes"
        note = f"{peak:.0f} MB at most"
        rows.append(Row(f"{name}: peak memory, ratio", on, ratio, 1.10, "at most", note))
    return rows


@contextmanager
def lecture(minutes: float, seed: int) -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield make(folder / "sample", seed=seed, minutes=minutes).video, folder


def noteai(video: Path, folder: Path) -> int:
    """Exit status of a run; 3 says that nothing was worth a clip."""
    return python("-m", "noteai", *_command(video, folder)).returncode


def stage(video: Path, folder: Path, name: str) -> dict[str, Any]:
    ended = python("-m", "bench.stage", str(video), str(folder / "cache"), name)
    ended.check_returncode()
    facts: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    if facts["source"] != "ran":
        raise RuntimeError(f"{name} was cached: nothing was measured")
    return facts


def _command(video: Path, folder: Path) -> tuple[str, ...]:
    out, cache = str(folder / "out"), str(folder / "cache")
    return ("run", "highlights", str(video), "--out", out, "--store", cache)


def _seconds(status: int, command: tuple[str, ...]) -> float:
    """How long a command takes that must end with `status`."""
    started = time.perf_counter()
    ended = python("-m", "noteai", *command)
    took = time.perf_counter() - started
    if ended.returncode != status:
        raise RuntimeError(f"{command} ended with {ended.returncode}: {ended.stderr}")
    return took


def _real() -> list[Path]:
    return sorted(media("video").iterdir())


def _of_run(video: Path, folder: Path, on: str) -> list[Row]:
    status = noteai(video, folder)
    rows = [Row("exit status", on, status)]
    out = folder / "out"
    if status != 0:
        return rows
    highlights = json.loads((out / "highlights.json").read_text())
    transcript = json.loads((out / "transcript.json").read_text())
    layout = out / "layout.json"
    slides = json.loads(layout.read_text())["slides"] if layout.exists() else []
    content = json.loads((out / "content.json").read_text())
    known = {each["id"] for each in (*transcript["words"], *slides)}
    return [
        *rows,
        Row("clip edges outside words, %", on, 100 * _clean(highlights, transcript["words"]), 100),
        Row("clips that begin a sentence, %", on, 100 * _begun(highlights, transcript), 95),
        Row("clips that end a sentence, %", on, 100 * _ended(highlights, transcript), 95),
        Row("evidence that resolves, %", on, 100 * _proven(highlights, content, known), 100),
    ]


def _clean(highlights: list[Any], words: list[Any]) -> float:
    """Share of clip edges that cut no word."""
    edges = [edge for each in highlights for edge in (each["start"], each["end"])]
    cut = [any(w["start"] + EDGE < edge < w["end"] - EDGE for w in words) for edge in edges]
    return 1 - sum(cut) / len(edges)


def _begun(highlights: list[Any], transcript: Any) -> float:
    """Share of clips whose first word is the first of a sentence, after one with its mark."""
    good = 0
    for each in highlights:
        before = [s for s in transcript["sentences"] if s["start"] < each["start"] - EDGE]
        first = transcript["sentences"][len(before)]["first_word"]
        words = [w for w in transcript["words"] if w["start"] >= each["start"] - EDGE]
        good += first == words[0]["id"] and (not before or _is_whole(before[-1]))
    return good / len(highlights)


def _ended(highlights: list[Any], transcript: Any) -> float:
    """Share of clips whose last word is the last of a sentence with its mark."""
    good = 0
    for each in highlights:
        inside = [s for s in transcript["sentences"] if s["end"] <= each["end"] + EDGE]
        words = [w for w in transcript["words"] if w["end"] <= each["end"] + EDGE]
        good += inside[-1]["last_word"] == words[-1]["id"] and _is_whole(inside[-1])
    return good / len(highlights)


def _is_whole(sentence: Any) -> bool:
    return str(sentence["text"]).rstrip("\"'”’»)").endswith((".", "!", "?", "…", "。"))


def _proven(highlights: list[Any], content: Any, known: set[str]) -> float:
    proofs = [each["evidence"] for each in highlights]
    for topic in content["topics"]:
        evidence = topic["evidence"]
        proofs += [evidence["title"], *evidence["summary"], *evidence["scores"].values()]
    for sentence in content["sentences"]:
        proofs += sentence["evidence"].values()
    good = [{*p["words"], *p["slides"]} for p in proofs]
    return sum(bool(each) and each <= known for each in good) / len(good)


if __name__ == "__main__":
    for row in [*quality(), *speed()]:
        print(row)
