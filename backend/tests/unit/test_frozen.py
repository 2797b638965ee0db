import pytest
from pydantic import ValidationError

from noteai.frozen import Frozen
from noteai.timeline import span


class Note(Frozen):
    text: str
    colour: str = "white"


def test_values_of_the_same_fields_share_the_set_of_those() -> None:
    one, other = Note(text="a"), Note(text="b")
    assert one.model_fields_set is other.model_fields_set
    assert one.model_fields_set == {"text"}
    assert span(0, 1).model_fields_set == {"start", "end"}


def test_a_changed_copy_leaves_the_others_as_they_are() -> None:
    one, other = Note(text="a"), Note(text="b")
    copy = one.model_copy(update={"colour": "red"})
    assert copy.model_fields_set == {"text", "colour"}
    assert other.model_dump(exclude_unset=True) == {"text": "b"}


def test_a_value_cannot_change() -> None:
    with pytest.raises(ValidationError):
        Note(text="a").text = "b"  # type: ignore[misc]
