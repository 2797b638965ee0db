import numpy as np

from noteai.agents.layout.pictures import cropped, title_of
from noteai.lecture.layout import Box
from noteai.resources.text_reader import TextLine


def line(text: str, y: float, h: float) -> TextLine:
    return TextLine(text, 40, y, 400, h, 0.95)


def test_the_title_is_the_topmost_of_the_large_lines() -> None:
    lines = [line("School", 8, 14), line("Sorting", 40, 44), line("Merge sort", 160, 30)]
    assert title_of(lines, 720) == "Sorting"


def test_a_title_of_two_lines_is_read_whole() -> None:
    lines = [line("Vegetation:", 40, 40), line("Key players", 88, 40), line("Text", 200, 20)]
    assert title_of(lines, 720) == "Vegetation: Key players"


def test_a_number_is_no_title() -> None:
    lines = [line("92.3%", 40, 90), line("Accuracy", 140, 40)]
    assert title_of(lines, 720) == "Accuracy"


def test_a_slide_without_words_in_its_head_takes_the_largest_below() -> None:
    assert title_of([line("Thank you", 400, 60)], 720) == "Thank you"


def test_a_slide_without_text_has_no_title() -> None:
    assert title_of([], 720) == ""


def test_a_picture_is_cut_to_its_screen() -> None:
    picture = np.zeros((72, 128, 3), np.uint8)
    assert cropped(picture, Box(8, 4, 100, 60)).shape == (60, 100, 3)
    assert cropped(picture, None) is picture
