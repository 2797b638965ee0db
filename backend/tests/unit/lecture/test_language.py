import pytest

from noteai.lecture.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("and so we see that the sum of the two is not what it was", "en"),
        ("und das ist nicht der Fall, weil wir die Summe von zwei haben", "de"),
        ("et nous avons que la somme des deux n'est pas dans le cas", "fr"),
        ("y por eso la suma de los dos no es como está en el caso", "es"),
        ("e por isso a soma dos dois não é como está no caso do que", "pt"),
        ("我们 今天 讲 机器 学习", "zh"),
        ("これ は 学習 です", "ja"),
        ("먼저 스케줄을 이용하고", "ko"),
        ("сегодня мы говорим о сумме", "ru"),
    ],
)  # fmt: skip
def test_the_language_of_a_sentence_is_recognised(text: str, language: str) -> None:
    assert guess(text.split()) == language


def test_what_nobody_knows_is_undetermined() -> None:
    assert guess(["xyzzy", "plugh", "frobnicate"]) == "und"
    assert guess([]) == "und"
