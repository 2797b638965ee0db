"""What only the local transcriber does."""

from dataclasses import replace
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from noteai.resources.models import ModelDamaged
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.port import LanguageUnknown
from noteai.resources.transcriber.windows import windows


def ignore(_: float) -> None:
    pass


def test_several_batches_hear_the_same_as_one(
    local: FasterWhisperTranscriber, long_speech: Any
) -> None:
    whole = local.transcribe(long_speech.path, long_speech.duration, "en", (), ignore)
    single = replace(local, batch=1)
    single.__dict__["_whisper"] = local.__dict__["_whisper"]
    said: list[float] = []
    parts = single.transcribe(long_speech.path, long_speech.duration, "en", (), said.append)
    assert len(said) > 1
    assert [word.text for word in parts.words] == [word.text for word in whole.words]


def test_a_plan_knows_the_language_and_no_chunk_splits_a_batch(
    local: FasterWhisperTranscriber, long_speech: Any
) -> None:
    whole = [window.parts for window in windows(long_speech.path)]
    plan = replace(local, batch=2, chunk=1).plan(long_speech.path, None, ignore)
    assert plan.language == "en"
    assert [window for chunk in plan.chunks for window in chunk.windows] == whole
    assert all(len(chunk.windows) == 2 for chunk in plan.chunks[:-1])


def test_words_after_long_pauses_lie_where_they_were_spoken(
    local: FasterWhisperTranscriber, long_speech: Any
) -> None:
    heard = local.transcribe(long_speech.path, long_speech.duration, "en", (), ignore)
    starts = [word.start for word in heard.words]
    pauses = [b for a, b in pairwise([-2.0, *starts]) if b - a > 1.5]
    assert pauses == pytest.approx(long_speech.onsets, abs=0.4)


def test_windows_hold_at_most_half_a_minute_of_speech(long_speech: Any) -> None:
    found = list(windows(long_speech.path))
    assert len(found) > 1
    assert all(len(each.samples) <= 30 * 16_000 for each in found)
    ends = [each.end for each in found]
    assert ends == sorted(ends)


def test_a_language_that_the_model_does_not_know_is_refused(
    local: FasterWhisperTranscriber, speech: Any
) -> None:
    with pytest.raises(LanguageUnknown, match=r"tiny\.en does not know the language de"):
        local.transcribe(speech.path, speech.duration, "de", (), ignore)


def test_a_folder_that_holds_no_weights_of_whisper_is_damaged(tmp_path: Path, speech: Any) -> None:
    (tmp_path / "model.bin").write_bytes(b"no weights")
    (tmp_path / "config.json").write_text("{}")
    broken = FasterWhisperTranscriber(cache=tmp_path, model=str(tmp_path))
    with pytest.raises(ModelDamaged):
        broken.transcribe(speech.path, speech.duration, "en", (), ignore)


def test_the_identity_loads_nothing(tmp_path: Path) -> None:
    fresh = FasterWhisperTranscriber(cache=tmp_path / "cache", model="base")
    assert "d01c3014881c9c6f" in fresh.identity
    assert not (tmp_path / "cache").exists()
    assert fresh.identity != replace(fresh, beam=1).identity
    assert fresh.identity != replace(fresh, device="cuda").identity
    assert f"ctranslate2 {metadata.version('ctranslate2')}" in fresh.identity
    assert fresh.identity == replace(fresh, threads=7, batch=3).identity
