from noteai.resources.text_reader import RapidOcrReader, TextLine, _line, in_reading_order


def line(text: str, x: float, y: float, h: float = 20) -> TextLine:
    return TextLine(text, x, y, 100, h, 0.9)


def test_lines_are_read_from_the_top() -> None:
    read = in_reading_order([line("below", 0, 100), line("above", 50, 0)])
    assert [each.text for each in read] == ["above", "below"]


def test_what_stands_beside_is_read_from_the_left_though_it_is_a_little_higher() -> None:
    read = in_reading_order([line("right", 300, 0), line("left", 0, 6)])
    assert [each.text for each in read] == ["left", "right"]


def test_the_box_of_a_slanted_line_is_upright_and_holds_its_corners() -> None:
    found = _line([[10, 20], [110, 25], [109, 45], [9, 40]], " Title ", 0.8)
    assert (found.text, found.x, found.y, found.w, found.h) == ("Title", 9, 20, 101, 25)


def test_the_identity_names_the_models_without_loading_them() -> None:
    reader = RapidOcrReader()
    assert "PP-OCR" in reader.identity
    assert "_engine" not in vars(reader)
