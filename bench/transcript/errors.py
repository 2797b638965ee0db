"""Words that are wrong, and words where nobody speaks."""

from collections.abc import Iterator
from pathlib import Path

from bench.media import extract, media
from bench.table import Row
from bench.transcript.recordings import Clip, clips
from bench.transcript.subject import direct, ours
from bench.transcript.words import distance, plain

_SAME = "the same model called directly"


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


def silent(folder: Path) -> Iterator[Row]:
    quiet = ("audio/empty.mp3", "malformed/silent-black-10s.mp4")
    sounds = ("vad/tone2s-silence4s-tone2s.opus", "vad/aeneas/n.wav")
    for on, files in (("silent files", quiet), ("a tone, a noise", sounds)):
        found = (ours(extract(media(each), folder / "quiet.flac")) for each in files)
        count = sum(len(each.words) for each in found)
        yield Row(
            "transcript: words where nobody speaks", on, count, 0, "at most", ", ".join(files)
        )
