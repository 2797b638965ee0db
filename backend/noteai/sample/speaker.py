"""The lecturer before the camera: drawn, lit and moving, with the noise of a sensor."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from noteai.sample.slides import Colour, Picture

Plane = npt.NDArray[np.float32]
WIDE, HIGH = 640, 360
_NOISE = 2.8
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


@dataclass(frozen=True)
class Sprite:
    """A drawing with its opacity, 0 to 1, that lies at (x, y) of a sheet 640 wide."""

    colour: Picture
    cover: Plane
    x: int
    y: int


_LEFT_SHOULDER = np.array(
    [(270, 235), (200, 262), (150, 310), (118, 400), (100, 720)],
)
_SHOULDERS = np.concatenate([_LEFT_SHOULDER, (640, 0) + (-1, 1) * _LEFT_SHOULDER[::-1]])
_NECK = np.array([[286, 180], [354, 180], [366, 250], [320, 290], [274, 250]])
_HEAD = (
    ((320, 128), (66, 86)),
    ((320, 92), (72, 62)),
    ((252, 138), (11, 20)),
    ((388, 138), (11, 20)),
)


class Speaker:
    """A lecturer drawn by the seed, in front of a wall. Pictures are 640 x 360."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._skin = _one(rng, _SKINS)
        self._hair = _one(rng, _HAIRS)
        self._shirt = _one(rng, _SHIRTS)
        self._phases = rng.uniform(0, 2 * np.pi, 8)
        self.wall = _wall(_one(rng, _WALLS), rng)
        self._body = _body(self._shirt, self._skin)
        self._head = _bare_head(self._skin, self._hair)
        self._noise = sensor_noise(rng)

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
        head = (at[0] + pose.x * scale, at[1] + pose.y * scale)
        shoulders = (at[0] + 0.6 * pose.x * scale, at[1] + 3 * scale)
        _lay(scene, self._body, scale, shoulders, pose.tilt * 0.12)
        _lay(scene, _with_face(self._head, self._skin, self._hair, pose), scale, head, pose.tilt)
        return scene

    def noisy(self, scene: Picture, second: float) -> Picture:
        """The scene with the grain of a sensor; the grain differs in each frame."""
        place = int(second * 1000) * 7919
        high, wide = scene.shape[:2]
        top, left = (
            place % (self._noise.shape[0] - high),
            place // 7 % (self._noise.shape[1] - wide),
        )
        grain = self._noise[top : top + high, left : left + wide]
        return np.asarray(cv2.add(scene, grain, dtype=cv2.CV_8U), np.uint8)


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
    return np.asarray(field / np.abs(field).max(), np.float32)


def _one(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _light() -> Plane:
    x = np.linspace(-1, 1, WIDE, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, HIGH, dtype=np.float32)[:, None]
    return np.asarray(1.08 - 0.22 * x - 0.12 * y - 0.18 * (x * x + y * y), np.float32)


def _wall(colour: Colour, rng: np.random.Generator) -> Picture:
    """A lit wall with a shelf of books and a window's glow."""
    wall = np.ones((HIGH, WIDE, 3), np.float32) * np.asarray(colour, np.float32)
    left = 20 if rng.random() < 0.5 else 430
    for shelf in range(3):
        top = 30 + shelf * 100
        _books(wall, left, top, rng)
    wall = np.asarray(cv2.GaussianBlur(wall, (0, 0), 2.2), np.float32)
    wall += (
        26 * clouds((HIGH, WIDE), rng)[:, :, None] + 8 * clouds((HIGH, WIDE), rng, 0.8)[:, :, None]
    )
    return np.asarray(np.clip(wall * _light()[:, :, None], 0, 255), np.uint8)


def _books(wall: Plane, left: int, top: int, rng: np.random.Generator) -> None:
    x = left
    while x < left + 180:
        thick, tall = int(rng.integers(8, 22)), int(rng.integers(54, 82))
        wall[top + 84 - tall : top + 84, x : x + thick] = rng.uniform(70, 150) + rng.uniform(
            -45, 45, 3
        )
        x += thick + 1
    wall[top + 84 : top + 92, left - 6 : left + 200] = (92, 70, 50)


def _body(shirt: Colour, skin: Colour) -> Sprite:
    """Neck and shoulders; they go on below the picture."""
    colour = np.zeros((720, WIDE, 3), np.uint8)
    cover = np.zeros((720, WIDE), np.uint8)
    cv2.fillPoly(cover, [_SHOULDERS], 255, cv2.LINE_AA)
    colour[:] = shirt
    cv2.fillPoly(colour, [_NECK], skin, cv2.LINE_AA)
    cv2.fillPoly(cover, [_NECK], 255, cv2.LINE_AA)
    for side in (-1, 1):
        edge = np.array([[320 + side * 50, 236], [320, 292], [320 + side * 26, 330]])
        cv2.fillPoly(colour, [edge], _scaled(shirt, 1.25), cv2.LINE_AA)
    shade = np.linspace(1.12, 0.72, WIDE, dtype=np.float32)[None, :, None]
    waves = np.linspace(0, 40, WIDE) + np.linspace(0, 9, 720)[:, None]
    lit = np.clip(colour * shade * (1 + 0.1 * np.sin(waves))[:, :, None], 0, 255)
    soft = np.asarray(cv2.GaussianBlur(lit.astype(np.uint8), (0, 0), 1.2), np.uint8)
    return Sprite(soft[170:, 90:550], _soft(cover)[170:, 90:550], 90, 170)


def _bare_head(skin: Colour, hair: Colour) -> Sprite:
    """The head without its features."""
    colour = np.zeros((HIGH, WIDE, 3), np.uint8)
    cover = np.zeros((HIGH, WIDE), np.uint8)
    for middle, axes in _HEAD:
        cv2.ellipse(cover, middle, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    colour[:] = hair
    cv2.ellipse(colour, (320, 138), (60, 76), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.ellipse(colour, (320 + side * 68, 138), (11, 20), 0, 0, 360, skin, -1, cv2.LINE_AA)
    return Sprite(_shaded(colour)[:240, 220:420].copy(), _soft(cover)[:240, 220:420], 220, 0)


def _shaded(colour: Picture) -> Picture:
    """A head is round: lit from the upper left, with a darker jaw and cheek."""
    x = (np.arange(WIDE, dtype=np.float32)[None, :] - 296) / 90
    y = (np.arange(HIGH, dtype=np.float32)[:, None] - 112) / 120
    light = 1.12 - 0.26 * np.clip(x * x + y * y, 0, 2) - 0.08 * x
    return np.clip(colour * light[:, :, None], 0, 255).astype(np.uint8)


def _with_face(head: Sprite, skin: Colour, hair: Colour, pose: Pose) -> Sprite:
    """The head with its features as the pose has them."""
    face = head.colour.copy()
    shadow = _scaled(skin, 0.68)
    for side in (-1, 1):
        eye = (100 + side * 25, 126)
        lid = (eye[0], eye[1] - 1)
        cv2.ellipse(face, lid, (16, 10), 0, 0, 360, _scaled(skin, 0.8), -1, cv2.LINE_AA)
        _eye(face, eye, shadow, pose)
        brow = (eye[0], eye[1] - 14)
        cv2.ellipse(face, brow, (17, 6), side * 6, 190, 350, _scaled(hair, 0.9), 5, cv2.LINE_AA)
    cv2.line(face, (102, 130), (108, 158), _scaled(skin, 0.84), 3, cv2.LINE_AA)
    cv2.ellipse(face, (101, 162), (11, 5), 0, 0, 180, shadow, 3, cv2.LINE_AA)
    _mouth(face, skin, 2 + round(12 * pose.mouth))
    soft = np.asarray(cv2.GaussianBlur(face, (0, 0), 0.9), np.uint8)
    return Sprite(soft, head.cover, head.x, head.y)


def _mouth(face: Picture, skin: Colour, opening: int) -> None:
    lips = _scaled(skin, 0.7, red=1.15)
    cv2.ellipse(face, (100, 184), (22, opening + 5), 0, 0, 360, lips, -1, cv2.LINE_AA)
    cv2.ellipse(face, (100, 184), (18, opening), 0, 0, 360, (58, 22, 24), -1, cv2.LINE_AA)
    if opening > 6:
        cv2.ellipse(face, (100, 180), (12, 3), 0, 0, 360, (226, 220, 210), -1, cv2.LINE_AA)
    cv2.ellipse(face, (100, 206), (16, 4), 0, 0, 180, _scaled(skin, 0.85), 2, cv2.LINE_AA)


def _eye(face: Picture, eye: tuple[int, int], shadow: Colour, pose: Pose) -> None:
    if pose.blink:
        cv2.ellipse(face, eye, (12, 4), 0, 0, 180, shadow, 3, cv2.LINE_AA)
        return
    cv2.ellipse(face, eye, (12, 7), 0, 0, 360, (236, 234, 230), -1, cv2.LINE_AA)
    iris = (eye[0] + round(3 * pose.look), eye[1])
    cv2.circle(face, iris, 6, (70, 52, 40), -1, cv2.LINE_AA)
    cv2.circle(face, iris, 3, (12, 12, 14), -1, cv2.LINE_AA)
    cv2.ellipse(face, (eye[0], eye[1] - 2), (13, 7), 0, 190, 350, (40, 30, 28), 2, cv2.LINE_AA)


def _lay(
    scene: Picture, sprite: Sprite, scale: float, at: tuple[float, float], tilt: float
) -> None:
    """Lay a sprite over the scene: the head's axis, x = 320 of the sheet, comes to `at`."""
    turn = np.asarray(cv2.getRotationMatrix2D((320, 200), tilt, scale), np.float64)
    turn[:, 2] += np.array((at[0] - 320, at[1] - 200 * (1 - scale)))
    part = _reach(sprite, turn, scene.shape[1], scene.shape[0])
    turn[:, 2] += turn[:, :2] @ (sprite.x, sprite.y) - (part[1].start, part[0].start)
    below = scene[part]
    size = (below.shape[1], below.shape[0])
    over = cv2.warpAffine(sprite.colour, turn, size, flags=cv2.INTER_LINEAR)
    share = cv2.warpAffine(sprite.cover, turn, size, flags=cv2.INTER_LINEAR)
    scene[part] = cv2.blendLinear(over, below.copy(), share, 1 - share)


def _reach(
    sprite: Sprite, turn: npt.NDArray[np.float64], wide: int, high: int
) -> tuple[slice, slice]:
    """The rows and columns of the scene that the turned sprite may touch."""
    h, w = sprite.cover.shape
    corners = np.array([(sprite.x + x, sprite.y + y, 1) for x in (0, w) for y in (0, h)])
    left, top = np.floor((turn @ corners.T).min(axis=1)).astype(int)
    right, bottom = np.ceil((turn @ corners.T).max(axis=1)).astype(int)
    return slice(max(0, top), min(high, bottom)), slice(max(0, left), min(wide, right))


def _soft(cover: npt.NDArray[np.uint8]) -> Plane:
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.0) / 255.0, np.float32)


def _scaled(colour: Colour, share: float, red: float = 1.0) -> Colour:
    return min(255, int(colour[0] * share * red)), int(colour[1] * share), int(colour[2] * share)
