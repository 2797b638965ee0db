"""The lecturer before the camera: drawn, lit and moving, with the noise of a sensor."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from noteai.sample.slides import Colour, Picture

Plane = npt.NDArray[np.float32]
WIDE, HIGH = 640, 360
_NOISE = 3.5
_SKINS: tuple[Colour, ...] = ((236, 196, 168), (208, 160, 124), (150, 104, 74), (244, 212, 190))
_HAIRS: tuple[Colour, ...] = ((46, 34, 28), (96, 64, 38), (150, 146, 142), (28, 26, 30))
_SHIRTS: tuple[Colour, ...] = ((52, 72, 110), (104, 44, 50), (70, 84, 70), (196, 200, 208))
_WALLS: tuple[Colour, ...] = ((168, 160, 146), (126, 138, 150), (150, 134, 122))


@dataclass(frozen=True)
class Pose:
    """Where the lecturer is and does: pixels and degrees against the middle of the picture."""

    x: float
    y: float
    tilt: float
    mouth: float
    """How far the mouth is open, 0 to 1."""
    blink: bool
    look: float


class Speaker:
    """A lecturer drawn by the seed, in front of a wall. Pictures are 640 x 360."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._skin = _one(rng, _SKINS)
        self._hair = _one(rng, _HAIRS)
        self._shirt = _one(rng, _SHIRTS)
        self._phases = rng.uniform(0, 2 * np.pi, 8)
        self.wall = _wall(_one(rng, _WALLS), rng)
        self._body = _body(self._shirt, self._skin)
        self._noise = sensor_noise(rng)
        self._light = _light()

    def pose(self, second: float, mouth: float) -> Pose:
        """Sways, nods and blinks as time goes; the mouth follows the voice."""
        a, b, c, d, e, *_ = self._phases
        return Pose(
            x=26 * np.sin(0.31 * second + a) + 9 * np.sin(0.93 * second + b),
            y=4 * np.sin(0.7 * second + c) + 3 * mouth,
            tilt=5 * np.sin(0.43 * second + d) + 2 * np.sin(1.7 * second + e),
            mouth=mouth,
            blink=(second + a) % 3.7 < 0.16,
            look=float(np.sin(0.37 * second + b)),
        )

    def picture(self, second: float, mouth: float) -> Picture:
        """What the camera sees at this second."""
        scene = self.placed(self.wall, self.pose(second, mouth), 1.0, (WIDE / 2, 0.0))
        return self.noisy(scene, second)

    def placed(self, wall: Picture, pose: Pose, scale: float, at: tuple[float, float]) -> Picture:
        """The lecturer in front of `wall`: `at` is the middle of the head's axis and its top."""
        scene = wall.copy()
        shift = (at[0] + pose.x * scale, at[1] + pose.y * scale)
        _laid(scene, *self._body, scale, (shift[0] * 0.6 + at[0] * 0.4, at[1] + 3 * scale), pose.tilt * 0.12)
        _laid(scene, *_head(self._skin, self._hair, pose), scale, shift, pose.tilt)
        return scene

    def noisy(self, scene: Picture, second: float) -> Picture:
        """The scene with the grain of a sensor; the grain differs in each frame."""
        place = int(second * 1000) * 7919
        high, wide = scene.shape[:2]
        top, left = place % (self._noise.shape[0] - high), place // 7 % (self._noise.shape[1] - wide)
        grain = self._noise[top : top + high, left : left + wide]
        return cv2.add(scene, grain, dtype=cv2.CV_8U)


def sensor_noise(rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Grain for pictures up to 1280 x 720, a little larger, in three channels."""
    grain = rng.normal(0, _NOISE, (800, 1400, 1)) + rng.normal(0, _NOISE / 2, (800, 1400, 3))
    return np.asarray(cv2.GaussianBlur(grain.astype(np.float32), (0, 0), 0.6) * 1.6, np.int8)


def clouds(shape: tuple[int, int], rng: np.random.Generator, power: float = 1.6) -> Plane:
    """Noise whose amplitude falls with frequency to this power, as in natural pictures; -1 to 1."""
    rows = np.fft.fftfreq(shape[0])[:, None]
    columns = np.fft.rfftfreq(shape[1])[None, :]
    size = np.maximum(np.hypot(rows, columns), 1 / max(shape))
    phases = rng.uniform(0, 2 * np.pi, size.shape)
    field = np.fft.irfft2(size**-power * np.exp(1j * phases), shape)
    return (field / np.abs(field).max()).astype(np.float32)


def _one(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _light() -> Plane:
    x = np.linspace(-1, 1, WIDE, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, HIGH, dtype=np.float32)[:, None]
    return 1.08 - 0.22 * x - 0.12 * y - 0.18 * (x * x + y * y)


def _wall(colour: Colour, rng: np.random.Generator) -> Picture:
    """A lit wall with a shelf of books and a window's glow."""
    wall = np.ones((HIGH, WIDE, 3), np.float32) * np.asarray(colour, np.float32)
    left = 20 if rng.random() < 0.5 else 430
    for shelf in range(3):
        top = 30 + shelf * 100
        _books(wall, left, top, rng)
    wall = np.asarray(cv2.GaussianBlur(wall, (0, 0), 2.2), np.float32)
    wall += 26 * clouds((HIGH, WIDE), rng)[:, :, None] + 8 * clouds((HIGH, WIDE), rng, 0.8)[:, :, None]
    return np.clip(wall * _light()[:, :, None], 0, 255).astype(np.uint8)


def _books(wall: Plane, left: int, top: int, rng: np.random.Generator) -> None:
    x = left
    while x < left + 180:
        thick, tall = int(rng.integers(8, 22)), int(rng.integers(54, 82))
        wall[top + 84 - tall : top + 84, x : x + thick] = rng.uniform(40, 190, 3)
        x += thick + 1
    wall[top + 84 : top + 92, left - 6 : left + 200] = (92, 70, 50)


def _body(shirt: Colour, skin: Colour) -> tuple[Picture, Plane]:
    """Neck and shoulders with their opacity, 640 x 720: it goes on below the picture."""
    colour = np.zeros((720, WIDE, 3), np.uint8)
    cover = np.zeros((720, WIDE), np.uint8)
    outline = np.array(
        [[270, 235], [200, 262], [150, 310], [118, 400], [100, 720], [540, 720], [522, 400], [490, 310], [440, 262], [370, 235]]
    )
    cv2.fillPoly(cover, [outline], 255, cv2.LINE_AA)
    colour[:] = shirt
    cv2.fillPoly(colour, [np.array([[286, 180], [354, 180], [366, 244], [320, 290], [274, 244]])], skin, cv2.LINE_AA)
    cv2.fillPoly(cover, [np.array([[286, 180], [354, 180], [366, 250], [274, 250]])], 255, cv2.LINE_AA)
    for side in (-1, 1):
        edge = np.array([[320 + side * 50, 236], [320, 292], [320 + side * 26, 330]])
        cv2.fillPoly(colour, [edge], tuple(min(255, c + 30) for c in shirt), cv2.LINE_AA)
    shade = np.linspace(1.12, 0.72, WIDE, dtype=np.float32)[None, :, None]
    folds = 1 + 0.1 * np.sin(np.linspace(0, 40, WIDE) + np.linspace(0, 9, 720)[:, None])[:, :, None]
    lit = np.clip(colour * shade * folds, 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(lit, (0, 0), 1.2), np.uint8), _soft(cover)


def _head(skin: Colour, hair: Colour, pose: Pose) -> tuple[Picture, Plane]:
    """The head with its face and its opacity, 640 x 360, upright."""
    colour = np.zeros((HIGH, WIDE, 3), np.uint8)
    cover = np.zeros((HIGH, WIDE), np.uint8)
    for middle, axes in (((320, 128), (66, 86)), ((320, 92), (72, 62)), ((252, 138), (11, 20)), ((388, 138), (11, 20))):
        cv2.ellipse(cover, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    colour[:] = hair
    cv2.ellipse(colour, (320, 138), (60, 76), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.ellipse(colour, (320 + side * 68, 138), (11, 20), 0, 0, 360, skin, -1, cv2.LINE_AA)
    colour = _shaded(colour)
    _features(colour, skin, hair, pose)
    return np.asarray(cv2.GaussianBlur(colour, (0, 0), 0.9), np.uint8), _soft(cover)


def _shaded(colour: Picture) -> Picture:
    """A head is round: lit from the upper left, with a darker jaw and cheek."""
    x = (np.arange(WIDE, dtype=np.float32)[None, :] - 296) / 90
    y = (np.arange(HIGH, dtype=np.float32)[:, None] - 112) / 120
    light = 1.12 - 0.26 * np.clip(x * x + y * y, 0, 2) - 0.08 * x
    return np.clip(colour * light[:, :, None], 0, 255).astype(np.uint8)


def _features(face: Picture, skin: Colour, hair: Colour, pose: Pose) -> None:
    shadow = _scaled(skin, 0.68)
    for side in (-1, 1):
        eye = (320 + side * 25, 126)
        cv2.ellipse(face, (eye[0], eye[1] - 1), (16, 10), 0, 0, 360, _scaled(skin, 0.8), -1, cv2.LINE_AA)
        _eye(face, eye, shadow, pose)
        cv2.ellipse(face, (eye[0], eye[1] - 14), (17, 6), side * 6, 190, 350, _scaled(hair, 0.9), 5, cv2.LINE_AA)
    cv2.line(face, (322, 130), (328, 158), _scaled(skin, 0.84), 3, cv2.LINE_AA)
    cv2.ellipse(face, (321, 162), (11, 5), 0, 0, 180, shadow, 3, cv2.LINE_AA)
    opening = 2 + round(12 * pose.mouth)
    cv2.ellipse(face, (320, 184), (22, opening + 5), 0, 0, 360, _scaled(skin, 0.7, red=1.15), -1, cv2.LINE_AA)
    cv2.ellipse(face, (320, 184), (18, opening), 0, 0, 360, (58, 22, 24), -1, cv2.LINE_AA)
    if opening > 6:
        cv2.ellipse(face, (320, 180), (12, 3), 0, 0, 360, (226, 220, 210), -1, cv2.LINE_AA)
    cv2.ellipse(face, (320, 206), (16, 4), 0, 0, 180, _scaled(skin, 0.85), 2, cv2.LINE_AA)


def _eye(face: Picture, eye: tuple[int, int], shadow: Colour, pose: Pose) -> None:
    if pose.blink:
        cv2.ellipse(face, eye, (12, 4), 0, 0, 180, shadow, 3, cv2.LINE_AA)
        return
    cv2.ellipse(face, eye, (12, 7), 0, 0, 360, (236, 234, 230), -1, cv2.LINE_AA)
    iris = (eye[0] + round(3 * pose.look), eye[1])
    cv2.circle(face, iris, 6, (70, 52, 40), -1, cv2.LINE_AA)
    cv2.circle(face, iris, 3, (12, 12, 14), -1, cv2.LINE_AA)
    cv2.ellipse(face, (eye[0], eye[1] - 2), (13, 7), 0, 190, 350, (40, 30, 28), 2, cv2.LINE_AA)


def _laid(
    scene: Picture, colour: Picture, cover: Plane, scale: float, at: tuple[float, float], tilt: float
) -> None:
    """Lay a sprite, whose head's axis is at x = 320, over the scene."""
    turn = cv2.getRotationMatrix2D((320, 200), tilt, scale)
    turn[:, 2] += (at[0] - 320, at[1] - 200 * (1 - scale))
    size = (scene.shape[1], scene.shape[0])
    over = cv2.warpAffine(colour, turn, size, flags=cv2.INTER_LINEAR)
    share = cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR)
    blended = cv2.blendLinear(over, scene, share, 1 - share)
    scene[:] = blended


def _soft(cover: npt.NDArray[np.uint8]) -> Plane:
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.0), np.float32) / 255


def _scaled(colour: Colour, share: float, red: float = 1.0) -> Colour:
    return min(255, int(colour[0] * share * red)), int(colour[1] * share), int(colour[2] * share)
