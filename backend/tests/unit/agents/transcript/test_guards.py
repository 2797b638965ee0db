from noteai.agents.transcript.guards import voiced, whole_words, without_loops
from noteai.resources.transcriber import HeardWord
from noteai.timeline import span


def heard(text: str) -> list[HeardWord]:
    """Words of 0.5 s, one after another; each has a space before it."""
    return [HeardWord(n / 2, n / 2 + 0.5, f" {each}", 0.9) for n, each in enumerate(text.split())]


def texts(words: list[HeardWord]) -> list[str]:
    return [word.text.strip() for word in words]


def test_pieces_without_a_space_belong_to_the_word_before() -> None:
    pieces = [
        HeardWord(0, 1, " self", 0.9),
        HeardWord(1, 2, "-made", 0.4),
        HeardWord(2, 3, " so", 1),
    ]
    assert whole_words(pieces) == [HeardWord(0, 2, " self-made", 0.4), HeardWord(2, 3, " so", 1)]


def test_chinese_words_stay_apart_though_nothing_is_between_them() -> None:
    pieces = [HeardWord(0, 1, "机器", 0.9), HeardWord(1, 2, "学习", 0.9)]
    assert whole_words(pieces) == pieces


def test_pieces_of_nothing_are_no_words() -> None:
    assert whole_words([HeardWord(0, 1, " ", 0.9), HeardWord(0, 1, "", 0.9)]) == []


def test_words_where_nobody_speaks_are_dropped() -> None:
    words = heard("thank you for watching")
    assert texts(voiced(words, [span(0.0, 0.2)])) == ["thank", "you"]
    assert voiced(words, []) == []


def test_a_word_at_the_edge_of_the_voice_is_kept() -> None:
    assert voiced([HeardWord(1.2, 1.5, " so", 1.0)], [span(0.0, 1.0)])
    assert not voiced([HeardWord(1.4, 1.5, " so", 1.0)], [span(0.0, 1.0)])


def test_a_phrase_that_repeats_without_end_is_said_once() -> None:
    words = heard("so we " + "go on and " * 9 + "stop here")
    kept, cut = without_loops(words)
    assert " ".join(texts(kept)) == "so we go on and stop here"
    assert cut == 24


def test_a_loop_keeps_its_first_time_and_not_a_later_one() -> None:
    kept, _ = without_loops(heard("like, uh, we're " * 6))
    assert [word.start for word in kept] == [0.0, 0.5, 1.0]


def test_a_single_word_that_repeats_without_end_is_said_once() -> None:
    kept, cut = without_loops(heard("no " * 40))
    assert (texts(kept), cut) == (["no"], 39)


def test_emphasis_is_not_a_loop() -> None:
    for text in ("no no no no", "very very very good", "step by step by step by step"):
        assert without_loops(heard(text)) == (heard(text), 0)


def test_case_and_punctuation_do_not_hide_a_loop() -> None:
    kept, _ = without_loops(heard("Yes, it is. Yes it is, yes! It is. Yes, it is."))
    assert texts(kept) == ["Yes,", "it", "is."]
