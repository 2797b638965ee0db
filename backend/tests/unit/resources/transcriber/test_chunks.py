"""A recording cut into chunks, and put together again."""

from pathlib import Path

import numpy as np
import pytest

from noteai.resources.transcriber.port import Chunk, Heard, HeardWord, Plan, joined
from noteai.resources.transcriber.sound import RATE, Samples, as_flac, pieces
from noteai.resources.transcriber.windows import windows_of
from noteai.timeline import span


@pytest.fixture(scope="module")
def noise() -> Samples:
    return np.random.default_rng(1).uniform(-0.5, 0.5, 400 * RATE).astype(np.float32)


@pytest.fixture(scope="module")
def audio(noise: Samples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("noise") / "noise.flac"
    path.write_bytes(as_flac(noise))
    return path


@pytest.fixture(scope="module")
def whole(audio: Path) -> Samples:
    return np.concatenate(list(pieces(audio, 60)))


@pytest.mark.parametrize("start", [0, 1, 4095, 4096, 4097, 16_000, 3_000_001, 400 * RATE - 1])
def test_reading_begins_with_the_very_sample(audio: Path, whole: Samples, start: int) -> None:
    first = next(pieces(audio, 2.0, start))
    assert np.array_equal(first, whole[start : start + 2 * RATE])


def test_behind_the_end_there_is_nothing(audio: Path) -> None:
    assert not list(pieces(audio, 2.0, 400 * RATE))


def test_windows_of_a_chunk_are_cut_out_sample_for_sample(audio: Path, whole: Samples) -> None:
    first = ((70_001, 90_000), (100_000, 130_000))
    second = ((3_500_000, 3_900_000),)
    one, two = windows_of(audio, Chunk(windows=(first, second)))
    assert np.array_equal(one.samples, np.concatenate([whole[a:b] for a, b in first]))
    assert np.array_equal(two.samples, whole[3_500_000:3_900_000])
    assert (one.parts, two.parts) == (first, second)


def test_a_chunk_without_windows_has_none(audio: Path) -> None:
    assert not list(windows_of(audio, Chunk(windows=())))


def heard(*texts: str, language: str = "und", cost: float = 0.0) -> Heard:
    words = tuple(HeardWord(n, n + 0.5, text, 0.9) for n, text in enumerate(texts))
    return Heard(language=language, words=words, voice=(), cost=cost)


PLAN = Plan(language=None, voice=(span(0, 5),), chunks=())


def test_chunks_are_joined_in_order_with_the_voice_of_the_plan() -> None:
    found = joined(PLAN, [heard(" a", " b", cost=0.1), heard(" c", language="de", cost=0.2)])
    assert [word.text for word in found.words] == [" a", " b", " c"]
    assert (found.language, found.voice, found.cost) == ("de", PLAN.voice, 0.3)


def test_the_language_of_the_plan_comes_first() -> None:
    plan = PLAN.model_copy(update={"language": "en"})
    assert joined(plan, [heard(" a", language="de")]).language == "en"


def test_without_words_there_is_no_language() -> None:
    assert joined(PLAN, [heard(language="en")]).language == "und"
