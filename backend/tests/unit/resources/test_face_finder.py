from dataclasses import replace
from importlib import metadata

from noteai.resources.face_finder import CascadeFaceFinder


def test_the_identity_names_program_and_cascade_without_loading_them() -> None:
    finder = CascadeFaceFinder()
    assert metadata.version("opencv-python-headless") in finder.identity
    assert "haarcascade_frontalface_alt2" in finder.identity
    assert not {"_cascade"} & set(vars(finder))


def test_the_identity_changes_with_what_decides_the_answer() -> None:
    finder = CascadeFaceFinder()
    assert finder.identity == CascadeFaceFinder().identity
    assert finder.identity != replace(finder, smallest=30).identity
    assert finder.identity != replace(finder, certainty=5).identity
