"""How the first and the last sentence of a passage read."""

import pytest
from spoken import lecture

from noteai.agents.segments.wording import is_whole, leans_on_what_came_before, promises_more


@pytest.mark.parametrize(
    ("text", "language", "leans"),
    [
        ("This makes it slow.", "en", True),
        ("As we saw last week, trees are graphs.", "en", True),
        ("It's the same here.", "en", True),
        ("Because of that we sort.", "en", True),
        ("So this gives the answer.", "en", True),
        ("This lecture is about graphs.", "en", False),
        ("There are three kinds of trees.", "en", False),
        ("So, a graph is a set of nodes.", "en", False),
        ("Thisbe was a lover.", "en", False),
        ("Das ist deshalb so.", "de", True),
        ("Ein Graph hat Knoten.", "de", False),
        ("これは木です。", "ja", False),
    ],
)
def test_openings_that_lean_on_what_came_before(text: str, language: str, leans: bool) -> None:
    assert leans_on_what_came_before(lecture([text]).sentences[0], language) is leans


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("We distinguish the following cases:", True),
        ("What happens then?", True),
        ("Take, for example.", True),
        ("ماذا يحدث بعد ذلك؟", True),
        ("那会怎么样？", True),
        ("That is all.", False),
    ],
)
def test_endings_that_promise_more(text: str, more: bool) -> None:
    assert promises_more(lecture([text]).sentences[0]) is more


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Done.", True),
        ("(Done.)", True),
        ("Done", False),
        ("यह राउटर है।", True),
        ("یہ ایک راؤٹر ہے۔", True),
        ("ما هذا؟", True),
        ("यह राउटर", False),
    ],
)
def test_a_whole_sentence_ends_with_its_mark(text: str, whole: bool) -> None:
    assert is_whole(lecture([text]).sentences[0]) is whole
