from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.lecture.sentences import SentenceRules, assemble
from noteai.lecture.transcript import Word, position


def spoken(text: str, *, pause_after: dict[int, float] | None = None) -> list[Word]:
    """Words of 0.3 s, one after another, with pauses after some of them."""
    words, at = [], 0.0
    for number, each in enumerate(text.split()):
        words.append(Word(id="w0", start=at, end=at + 0.3, text=each, probability=1.0))
        at += 0.3 + (pause_after or {}).get(number, 0.0)
    return words


def sentences(text: str, pause_after: dict[int, float] | None = None) -> list[str]:
    words = spoken(text, pause_after=pause_after)
    return [each.text for each in assemble("en", words).sentences]


def test_a_full_stop_a_question_and_an_exclamation_end_sentences() -> None:
    assert sentences("We start. Do you see? Yes! Good.") == [
        "We start.",
        "Do you see?",
        "Yes!",
        "Good.",
    ]


def test_abbreviations_end_no_sentence() -> None:
    text = "Ask Dr. Smith about Fig. 3 and e.g. Euler vs. Gauss. Then stop."
    assert sentences(text) == ["Ask Dr. Smith about Fig. 3 and e.g. Euler vs. Gauss.", "Then stop."]


def test_decimals_and_initials_end_no_sentence() -> None:
    assert len(sentences("Pi is 3.14 says J. S. Bach and 3. 5 is apart.")) == 1


def test_a_stop_before_a_small_letter_ends_no_sentence() -> None:
    assert len(sentences("The file main.py. is read.")) == 1


def test_a_pause_makes_an_initial_the_end() -> None:
    assert len(sentences("Now vitamin C. That is it.", pause_after={2: 1.0})) == 2


def test_closing_quotes_belong_to_the_sentence() -> None:
    assert sentences("He said “stop.” We stopped.") == ["He said “stop.”", "We stopped."]


def test_chinese_sentences_end_at_their_own_mark() -> None:
    assert sentences("我们 开始 。 好 吗 ？ 好 。") == ["我们开始。", "好吗？", "好。"]


def test_text_without_punctuation_is_divided_by_pauses() -> None:
    text = "so today we look at trees and later at graphs"
    assert sentences(text, pause_after={5: 0.9}) == [
        "so today we look at trees",
        "and later at graphs",
    ]


def test_punctuated_text_is_not_divided_by_short_pauses() -> None:
    assert len(sentences("So today we look at trees and then graphs.", pause_after={5: 0.9})) == 1


def test_a_long_pause_ends_a_sentence_unless_it_goes_on_in_a_small_letter() -> None:
    assert len(sentences("So today we look at trees and then graphs.", pause_after={5: 4.0})) == 1
    assert len(sentences("So today we look at trees. Graphs come", pause_after={3: 4.0})) == 2
    assert len(sentences("So today we look at Trees and then graphs.", pause_after={4: 4.0})) == 2


def test_the_longest_pause_ends_a_sentence_whatever_comes_after() -> None:
    assert len(sentences("So today we look at trees and then graphs.", pause_after={5: 8.0})) == 2


def test_a_long_pause_ends_a_sentence_where_nothing_is_punctuated() -> None:
    assert len(sentences("today trees and then graphs", pause_after={1: 4.0})) == 2


def test_an_overlong_sentence_is_split_at_a_comma_before_a_conjunction() -> None:
    left, right = "the first part goes on and on for a while,", "but the second part is different"
    found = assemble("en", spoken(f"{left} {right}."), SentenceRules(max_words=12)).sentences
    assert [each.text for each in found] == [left, f"{right}."]


def test_nothing_said_is_a_transcript_without_words() -> None:
    empty = assemble("und", [])
    assert (empty.words, empty.sentences) == ((), ())


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(["a", "b.", "Dr.", "c,", "D", "3.", "好。", "and"]), max_size=80),
    st.lists(st.floats(0, 5), min_size=80, max_size=80),
)
def test_every_word_is_in_exactly_one_sentence(texts: list[str], pauses: list[float]) -> None:
    words = spoken(" ".join(texts), pause_after=dict(enumerate(pauses)))
    rules = SentenceRules(max_words=9, max_seconds=6)
    whole = assemble("en", words, rules)
    numbers = [
        n
        for each in whole.sentences
        for n in range(position(each.first_word), position(each.last_word) + 1)
    ]
    assert numbers == list(range(len(words)))
    for each in whole.sentences:
        inside = whole.words_of(each)
        assert len(inside) <= 9
        assert len(inside) == 1 or each.duration <= 6
        assert (each.start, each.end) == (inside[0].start, inside[-1].end)
