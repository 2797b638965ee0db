from pathlib import Path

import cv2
import numpy as np

from noteai.agents.clips.thumbnail import choose


def draw(path: Path, text: str, blur: int = 0) -> Path:
    picture = np.full((360, 640), 255, np.uint8)
    cv2.putText(picture, text, (20, 180), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 3)
    shown = cv2.blur(picture, (blur, blur)) if blur else picture
    cv2.imwrite(str(path), shown)
    return path


def test_the_sharp_picture_is_chosen(tmp_path: Path) -> None:
    soft = draw(tmp_path / "a.jpg", "entropy", blur=9)
    sharp = draw(tmp_path / "b.jpg", "entropy")
    assert choose([soft, sharp]) == sharp


def test_the_fuller_state_of_a_slide_is_chosen(tmp_path: Path) -> None:
    begun = draw(tmp_path / "a.jpg", "one")
    complete = draw(tmp_path / "b.jpg", "one two three")
    assert choose([begun, complete]) == complete


def test_a_single_candidate_is_taken_unread(tmp_path: Path) -> None:
    assert choose([tmp_path / "only.jpg"]) == tmp_path / "only.jpg"


def test_a_picture_that_cannot_be_read_is_the_last_choice(tmp_path: Path) -> None:
    sharp = draw(tmp_path / "b.jpg", "entropy")
    assert choose([tmp_path / "missing.jpg", sharp]) == sharp
