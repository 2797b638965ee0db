"""Layout: kinds, boxes, slide changes and slides against truth; speed against ffmpeg and OpenCV.

`python -m bench.layout` prints the rows. Media are found by NOTEAI_MEDIA_DIR. Films of talks and
boards are made of their frames, each shown for six seconds. The kinds of files without gold were
read off their pictures by eye; of `CHI-003EC` all counts as slides, demonstrations included.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench.desk import Desk, desk
from bench.layout_scores import changes, f1, iou, macro_f1, mean_iou
from bench.media import FFMPEG, media
from bench.memory import peak_memory
from bench.recordings import probed
from bench.table import Row
from noteai.agents.layout import LayoutParams, layout
from noteai.lecture.layout import Box, LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.resources.face_finder import CascadeFaceFinder
from noteai.resources.text_reader import RapidOcrReader
from noteai.sample.make import make

SEEDS, MINUTES = (11, 12), 3.0
"""The stage was tuned on seeds 5 to 9."""
SHOWN = 6
TALKS = {"CHI-27F3D": "slides_inset", "NIH-F1A31": "slides", "CHI-003EC": "slides"}
MOVING = {"CHI-003EC": ", two of one slide whose parts move together"}
FILES = {
    "video/gis_mooc_slides_101s.mp4": "slides",
    "video/astro_mooc_slides_8s.mp4": "slides",
    "video/ko_slides_annotated_20s.mp4": "slides",
    "video/eth_lecture_slide_10s.mov": "slides",
    "video/opencast_scene_change_20s.mov": "slides",
    "video/interview_bcast_35s.mp4": "camera",
    "layout/faces/franck_200s.mp4": "camera",
    "layout/faces/hamilton_stage_10s.mp4": "camera",
    "layout/faces/lp_d0.mp4": "camera",
    "layout/faces/talking_head_AOC_8s.mp4": "camera",
}


def quality() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        rows = _synthetic(Path(folder))
        talks = {name: laid_out(_talk(name, Path(folder))) for name in TALKS}
        rows += [*_kinds(talks, Path(folder)), *_inset(talks["CHI-27F3D"])]
    return [*rows, *_slides(talks), _opencast()]


def speed() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        film = _looped("video/gis_mooc_slides_101s.mp4", 600, Path(folder))
        limit = _least(lambda: _keyframes(film))
        with _staged(film) as (recording, here):
            ours = _least(lambda: _timeline(recording, here, text=False))
            reading = _processor(lambda: _timeline(recording, here, text=True)) - ours
        naive = _processor(lambda: _every_frame(film))
        long = _looped("video/gis_mooc_slides_101s.mp4", 3600, Path(folder))
        growth = _peak(long) / _peak(film)
    on, note = "10 minutes of gis_mooc", "processor seconds, ours without reading text"
    parts = f"{note}: {limit:.2f} s against {ours:.2f}, in which each slide's picture is fetched"
    return [
        Row("layout: time against decoding keyframes", on, ours / limit, 2.0, "at most", parts),
        Row("layout: times faster than every frame by OpenCV", on, naive / ours, 6.0, note=note),
        Row("layout: reading the slides' text, processor seconds", on, reading),
        Row("layout: peak memory, 60 minutes against 10", "gis_mooc", growth, 1.1, "at most"),
    ]


def laid_out(path: Path, *, text: bool = False) -> LayoutTimeline:
    with _staged(path) as (recording, here):
        return _timeline(recording, here, text=text)


def _timeline(recording: Recording, here: Desk, *, text: bool) -> LayoutTimeline:
    params = LayoutParams(read_text=text)
    return layout(recording, params, RapidOcrReader(), CascadeFaceFinder(), FFMPEG, here)


@contextmanager
def _staged(path: Path) -> Iterator[tuple[Recording, Desk]]:
    with desk() as here:
        yield probed(here, path), here


def _synthetic(folder: Path) -> list[Row]:
    rows = []
    for seed in SEEDS:
        made = make(folder / str(seed), seed=seed, minutes=MINUTES)
        found, on = laid_out(made.video), f"synthetic, seed {seed}"
        rows += [
            Row("layout kind: macro-F1 over time", on, macro_f1(made.truth, found), 0.95),
            Row("boxes: mean IoU", on, mean_iou(made.truth, found), 0.95),
            Row("slide changes: F1 at 1 s", on, f1(made.truth.changes, changes(found)), 0.97),
            Row("slides found / slides", on, len(found.slides) / len(made.truth.slides)),
        ]
    return rows


def _kinds(talks: dict[str, LayoutTimeline], folder: Path) -> list[Row]:
    shares = {name: _share(talks[name], kind) for name, kind in TALKS.items()}
    board = _film(sorted(media("layout/accessmath").rglob("keyframes/*.png"), key=_number), folder)
    shares["accessmath"] = _share(laid_out(board), "board")
    for name, kind in FILES.items():
        shares[Path(name).name] = _share(laid_out(media(name)), kind)
    measure, mean = "share of time with the right kind", float(np.mean([*shares.values()]))
    rows = [Row(measure, name, share, 0.95) for name, share in shares.items()]
    return [*rows, Row(f"mean {measure}", "all real files", mean, 0.95)]


def _share(found: LayoutTimeline, kind: str) -> float:
    end = found.shots[-1].end
    return sum(each.duration for each in found.shots if each.kind == kind) / end


def _inset(found: LayoutTimeline) -> list[Row]:
    gold = json.loads(media("layout/gold_layout_boxes.json").read_text("utf-8"))["items"]
    true = next(each for each in gold if "CHI-27F3D" in each["file"])
    rows = []
    for name in ("screen", "camera"):
        boxes = [(getattr(each, name), each.duration) for each in found.shots]
        mean = sum(iou(Box(*true[name]), box) * t for box, t in boxes) / sum(t for _, t in boxes)
        rows.append(Row(f"{name} box: mean IoU", "CHI-27F3D", mean, 0.85))
    return rows


def _slides(talks: dict[str, LayoutTimeline]) -> list[Row]:
    rows = []
    for name, found in talks.items():
        true = len(list(_frames(name)))
        counted = f"{len(found.slides)} slides of {true} frames; {_doubled(found, true)} doubled"
        note = counted + MOVING.get(name, "")
        once = _shown_once(found, true) / true
        rows.append(
            Row("frames of the talk that are a slide of their own", name, once, 1.0, note=note)
        )
    return rows


def _shown_once(found: LayoutTimeline, frames: int) -> int:
    """Frames in whose middle a slide is shown that no other frame shows."""
    return sum(len(group) == 1 for group in _by_slide(found, frames).values())


def _doubled(found: LayoutTimeline, frames: int) -> int:
    return sum(len(group) - 1 for group in _by_slide(found, frames).values())


def _by_slide(found: LayoutTimeline, frames: int) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for frame in range(frames):
        middle = (frame + 0.5) * SHOWN
        for each in found.slides:
            if any(visit.contains(middle) for visit in each.visits):
                groups.setdefault(each.id, []).append(frame)
    return groups


def _opencast() -> Row:
    found = changes(laid_out(media("video/opencast_scene_change_20s.mov")))
    note = f"at {', '.join(f'{each:.1f}' for each in found)} s"
    return Row("slide changes found, gold 1", "opencast_scene_change", len(found), 1, note=note)


def _number(path: Path) -> int:
    return int(re.findall(r"\d+", path.stem)[-1])


def _frames(talk: str) -> Iterator[Path]:
    return media(f"layout/m3av/{talk}").rglob("seg_imgs/*.jpg")


def _talk(name: str, folder: Path) -> Path:
    return _film(sorted(_frames(name), key=_number), folder)


def _film(pictures: Sequence[Path], folder: Path) -> Path:
    listed, made = folder / "list.txt", folder / f"{pictures[0].stem}.mp4"
    lines = [f"file '{each}'\nduration {SHOWN}\n" for each in [*pictures, pictures[-1]]]
    listed.write_text("".join(lines), "utf-8")
    _ffmpeg(
        "-f", "concat", "-safe", "0", "-i", str(listed), "-vf", "fps=10,format=yuv420p",
        "-t", str(SHOWN * len(pictures)), "-c:v", "libx264", "-preset", "veryfast", "-g", "50",
        str(made),
    )  # fmt: skip
    return made


def _looped(name: str, seconds: int, folder: Path) -> Path:
    made = folder / f"{seconds}.mp4"
    endless = ("-stream_loop", "-1", "-i", str(media(name)))
    _ffmpeg(*endless, "-t", str(seconds), "-c", "copy", str(made))
    return made


def _ffmpeg(*args: str) -> None:
    subprocess.run([FFMPEG.program, "-v", "error", "-y", *args], check=True)


def _keyframes(film: Path) -> None:
    _ffmpeg("-skip_frame", "nokey", "-i", str(film), "-an", "-f", "null", "-")


def _every_frame(film: Path) -> None:
    """The naive way: each frame at full size, and its difference from the one before."""
    import cv2

    capture, before = cv2.VideoCapture(str(film)), None
    while (read := capture.read())[0]:
        if before is not None:
            cv2.absdiff(read[1], before).mean()
        before = read[1]


def _least(work: Callable[[], object]) -> float:
    return min(_processor(work) for _ in range(3))


def _processor(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of those that it started."""
    with _spent() as seconds:
        work()
    return seconds[0]


@contextmanager
def _spent() -> Iterator[list[float]]:
    start, seconds = time.process_time() + _children(), [0.0]
    yield seconds
    seconds[0] = time.process_time() + _children() - start


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak(film: Path) -> float:
    """Peak memory of a process of its own that lays out the film, text not read."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.layout", str(film)], check=True, capture_output=True
    )
    return float(done.stdout)


def main() -> None:
    if len(sys.argv) > 1:
        laid_out(Path(sys.argv[1]))
        print(peak_memory())
        return
    for row in [*quality(), *speed()]:
        goal = f"{row.goal} {row.is_reached}"
        print(row.measure, row.on, f"{row.reached:.3f}", goal, row.note, sep=" | ")


if __name__ == "__main__":
    main()
