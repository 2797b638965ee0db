"""Text in a picture."""

from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from noteai.resources import models

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, RGB."""

_WHEEL = "rapidocr"
_MODELS = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")


@dataclass(frozen=True)
class TextLine:
    """A line as it stands in the picture: upright box in pixels, certainty 0 to 1."""

    text: str
    x: float
    y: float
    w: float
    h: float
    probability: float


class TextReader(Protocol):
    """Reads print. Lines come in reading order: from the top, and from the left."""

    @property
    def identity(self) -> str: ...

    def read(self, picture: Picture) -> tuple[TextLine, ...]: ...


@dataclass(frozen=True)
class RapidOcrReader:
    """RapidOCR with the PP-OCR models of its own wheel, run by onnxruntime.

    Its models read Latin and Chinese script; text upside down is not looked for.
    """

    threads: int = 2

    @cached_property
    def identity(self) -> str:
        """The wheel's version names its models too: they lie inside."""
        return f"{_WHEEL} {metadata.version(_WHEEL)} {'+'.join(_MODELS)}"

    def read(self, picture: Picture) -> tuple[TextLine, ...]:
        found: Any = self._engine(np.ascontiguousarray(picture[:, :, ::-1]), use_cls=False)
        if found.boxes is None:
            return ()
        rows = zip(found.boxes, found.txts, found.scores, strict=True)
        return in_reading_order([_line(*row) for row in rows if row[1].strip()])

    @cached_property
    def _engine(self) -> "RapidOCR":
        from rapidocr import RapidOCR

        threads = {
            "EngineConfig.onnxruntime.intra_op_num_threads": self.threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        return RapidOCR(params={"Global.log_level": "error", **threads})


def verify() -> None:
    """Whether the models are here and whole. Raises: ModelMissing, ModelDamaged."""
    for name in _MODELS:
        models.as_installed(_WHEEL, f"{_WHEEL}/models/{name}", name)


def _line(corners: Any, text: str, probability: float) -> TextLine:
    (left, top), (right, bottom) = np.min(corners, axis=0), np.max(corners, axis=0)
    return TextLine(
        text.strip(), float(left), float(top), float(right - left), float(bottom - top),
        float(probability),
    )  # fmt: skip


def in_reading_order(lines: list[TextLine]) -> tuple[TextLine, ...]:
    """From the top; what overlaps by half of its height is one row, read from the left."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: each.y):
        if rows and line.y < rows[-1][0].y + rows[-1][0].h / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda each: each.x))
