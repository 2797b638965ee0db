from noteai.engine.artifact import Artifact, Params
from noteai.engine.key import artifact_digest, cache_key
from noteai.engine.stage import Stage, as_stage, part, stage


class Word(Artifact):
    text: str


class Echo(Artifact):
    text: str


class EchoParams(Params):
    times: int = 1


def make(version: str = "1", queue: str = "default", part_version: str = "1") -> Stage:
    @part(version=part_version)
    def letter(word: Word) -> Echo:
        return Echo(text=word.text)

    @stage(version=version, queue=queue, parts=(letter,))
    def echo(word: Word, params: EchoParams) -> Echo:
        return Echo(text=word.text * params.times)

    return as_stage(echo)


DIGEST = artifact_digest(Word(text="hallo"))
KEY = cache_key(make(), {"word": DIGEST}, EchoParams(), {"model": "m@1"})


def test_the_same_question_has_the_same_key() -> None:
    assert cache_key(make(), {"word": DIGEST}, EchoParams(), {"model": "m@1"}) == KEY


def test_whatever_changes_the_answer_changes_the_key() -> None:
    other = artifact_digest(Word(text="hello"))
    keys = {
        KEY,
        cache_key(make("2"), {"word": DIGEST}, EchoParams(), {"model": "m@1"}),
        cache_key(make(), {"word": other}, EchoParams(), {"model": "m@1"}),
        cache_key(make(), {"word": None}, EchoParams(), {"model": "m@1"}),
        cache_key(make(), {"word": DIGEST}, EchoParams(times=2), {"model": "m@1"}),
        cache_key(make(), {"word": DIGEST}, EchoParams(), {"model": "m@2"}),
        cache_key(make(part_version="2"), {"word": DIGEST}, EchoParams(), {"model": "m@1"}),
    }
    assert len(keys) == 7


def test_where_it_runs_does_not() -> None:
    assert cache_key(make(queue="x"), {"word": DIGEST}, EchoParams(), {"model": "m@1"}) == KEY


def test_artifacts_of_two_types_differ_even_with_equal_fields() -> None:
    assert artifact_digest(Word(text="a")) != artifact_digest(Echo(text="a"))
