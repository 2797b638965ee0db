"""The scenes filmed: frame by frame into an H.264 and AAC file, in flat memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from noteai.lecture.layout import Box
from noteai.sample.board import Board
from noteai.sample.recital import Recital, loudness_curve
from noteai.sample.script import Script
from noteai.sample.slides import HEIGHT, WIDTH, Page, Picture, Theme, draw
from noteai.sample.sound import RATE as SOUND_RATE
from noteai.sample.sound import Sound
from noteai.sample.speaker import Speaker
from noteai.sample.storyboard import FRAME_RATE, WHOLE, Scene, Stage

Planes = npt.NDArray[np.uint8]
"""A picture as the encoder takes it: luminance, then both colours at half size (I420)."""

_KEYFRAME_SECONDS = 4
_X264 = {"preset": "ultrafast", "crf": "25", "threads": "2", "x264-params": "scenecut=40:cabac=1"}


@dataclass(frozen=True)
class Set:
    """All that is before the camera."""

    script: Script
    deck: Sequence[Page]
    theme: Theme
    stage: Stage
    speaker: Speaker
    board: Board
    backdrop: Picture
    """What lies behind the windows when slides and camera are side by side."""


def shoot(
    scenes: Sequence[Scene],
    staged: Set,
    recital: Recital,
    sound: Sound,
    path: Path,
    on_progress: Callable[[float], None],
) -> None:
    """Write the film to `path` (mp4)."""
    import av

    mouth = loudness_curve(recital.voice_file, FRAME_RATE)
    total = scenes[-1].end
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        picture, voice = (
            _picture_track(file),
            file.add_stream("aac", rate=SOUND_RATE, layout="mono"),
        )
        chunks = sound.chunks(recital.voice_file)
        heard = 0.0
        for scene in scenes:
            camera = Camera(scene, staged)
            for at in range(scene.start, scene.end):
                shown = camera.frame(at, float(mouth[min(at, len(mouth) - 1)]))
                frame = av.VideoFrame.from_ndarray(shown, format="yuv420p")
                frame.pts = at
                file.mux(picture.encode(frame))
                while heard <= at / FRAME_RATE:
                    heard += _mux_sound(file, voice, next(chunks, None))
            on_progress(scene.end / total)
        for chunk in chunks:
            _mux_sound(file, voice, chunk)
        file.mux(picture.encode(None))
        file.mux(voice.encode(None))


class Camera:
    """Films one scene."""

    def __init__(self, scene: Scene, staged: Set) -> None:
        self._scene = scene
        self._set = staged
        self._screen, self._window = staged.stage.boxes[scene.look]
        self._still = planes(self._background())
        self._lines = staged.script.sections[scene.section].board

    def frame(self, at: int, mouth: float) -> Planes:
        """The frame at this place of the film."""
        second = at / FRAME_RATE
        if self._window is None:
            return self._still
        if self._scene.look == "board":
            return planes(self._written(at, second, mouth))
        view = planes(fitted(self._set.speaker.picture(second, mouth), self._window))
        return view if self._window == WHOLE else pasted(self._still, view, self._window)

    def _written(self, at: int, second: float, mouth: float) -> Picture:
        share = (at - self._scene.start) / max(1, self._scene.end - self._scene.start)
        return self._set.board.picture(
            self._set.speaker, self._lines, min(1.0, share * 1.25), second, mouth
        )

    def _background(self) -> Picture:
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        page = self._scene.page
        if page is None or self._screen is None:
            return picture
        if self._scene.look == "side by side":
            picture = self._set.backdrop.copy()
        x, y, w, h = self._screen
        slide = draw(self._set.deck[page], self._scene.build, page + 1, self._set.theme)
        picture[y : y + h, x : x + w] = cv2.resize(slide, (w, h), interpolation=cv2.INTER_AREA)
        return picture


def planes(picture: Picture) -> Planes:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)


def pasted(still: Planes, view: Planes, box: Box) -> Planes:
    """A window laid over a frame; its place and size are even numbers."""
    merged = still.copy()
    x, y, w, h = box
    merged[y : y + h, x : x + w] = view[:h]
    whole, part = (
        merged[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2),
        view[h:].reshape(2, h // 2, w // 2),
    )
    whole[:, y // 2 : (y + h) // 2, x // 2 : (x + w) // 2] = part
    return merged


def fitted(picture: Picture, box: Box) -> Picture:
    """The middle of a picture that fills the box."""
    high, wide = picture.shape[:2]
    scale = max(box.w / wide, box.h / high)
    w, h = min(wide, round(box.w / scale)), min(high, round(box.h / scale))
    x, y = (wide - w) // 2, (high - h) // 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture[y : y + h, x : x + w], (box.w, box.h), interpolation=way))


def backdrop(colour: tuple[int, int, int]) -> Picture:
    """A dark fade in this colour."""
    fade = np.linspace(0.5, 0.2, HEIGHT, dtype=np.float32)[:, None, None]
    return np.broadcast_to(fade * np.asarray(colour, np.float32), (HEIGHT, WIDTH, 3)).astype(
        np.uint8
    )


def _picture_track(file: Any) -> Any:
    track = file.add_stream("libx264", rate=FRAME_RATE, options=_X264)
    track.width, track.height, track.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    track.codec_context.gop_size = _KEYFRAME_SECONDS * FRAME_RATE
    return track


def _mux_sound(file: Any, track: Any, chunk: Any) -> float:
    """Encode a chunk and say how many seconds it lasts; for ever when there is none."""
    if chunk is None:
        return float("inf")
    file.mux(track.encode(chunk))
    return float(chunk.samples / SOUND_RATE)
