"""What settings become, and what is swept from the cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from noteai.bootstrap import build, opened
from noteai.resources.face_finder import FaceFinder
from noteai.resources.language_model import LanguageModel
from noteai.resources.transcriber import Transcriber
from noteai.settings import BadSetting, LanguageModelSettings, Settings, from_environment
from noteai.workflows.highlights import HIGHLIGHTS


def settings(folder: Path, **model: object) -> Settings:
    return Settings(cache_dir=folder, language_model=LanguageModelSettings.model_validate(model))


def test_without_a_provider_there_is_no_language_model(tmp_path: Path) -> None:
    resources = build(settings(tmp_path)).resources
    assert LanguageModel not in resources
    assert Transcriber in resources


def test_what_a_stage_cannot_do_without_is_there_and_has_an_identity(tmp_path: Path) -> None:
    resources = build(settings(tmp_path)).resources
    borrowed = {each for stage in HIGHLIGHTS.stages for each in stage.resources.values()}
    needed = [each for each in borrowed if isinstance(each, type)]
    assert FaceFinder in needed
    assert all(resources[each].identity for each in needed)


def test_a_language_model_has_the_terms_that_were_set(tmp_path: Path) -> None:
    key = SecretStr("sk-secret-4711")
    priced = {"price_in": 1.0, "price_out": 2.0, "max_cost": 0.5}
    chosen = settings(tmp_path, provider="gemini", model="tutor-1", api_key=key, **priced)
    terms = build(chosen).resources[LanguageModel].terms
    assert (terms.model, terms.max_cost) == ("tutor-1", 0.5)
    assert (terms.price.tokens_in, terms.price.tokens_out) == (1.0, 2.0)


def test_a_price_for_one_direction_alone_is_none(tmp_path: Path) -> None:
    chosen = settings(
        tmp_path, provider="openai", model="tutor-1", base_url="http://127.0.0.1", price_in=1.0
    )
    assert build(chosen).resources[LanguageModel].terms.price is None


def test_terms_that_contradict_each_other_are_a_bad_setting(tmp_path: Path) -> None:
    chosen = settings(tmp_path, provider="gemini", model="m", context=2_048, max_output=4_096)
    with pytest.raises(BadSetting, match="NOTEAI_LANGUAGE_MODEL"):
        build(chosen)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("NOTEAI_THREADS", "0"), ("NOTEAI_SERVICE__LEASE", "sk-secret"), ("NOTEAI_SERVICE", "{x")],
)
def test_a_variable_that_does_not_fit_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting) as caught:
        from_environment()
    assert variable.removeprefix("NOTEAI_").lower() in caught.value.message.lower()
    assert "secret" not in caught.value.message


def test_scratch_goes_with_the_services(tmp_path: Path) -> None:
    with opened(settings(tmp_path)) as services:
        (services.scratch / "silence-x").mkdir(parents=True)
    assert not services.scratch.exists()


def test_scratch_of_processes_that_have_ended_is_swept_and_nothing_else(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    scratch = tmp_path / "scratch"
    for name in (str(ended.pid), str(os.getpid()), "1", "notes"):
        (scratch / name / "silence-x").mkdir(parents=True)
    services = build(settings(tmp_path))
    assert services.scratch == scratch / str(os.getpid())
    assert {each.name for each in scratch.iterdir()} == {str(os.getpid()), "1", "notes"}


def test_a_cache_may_be_named_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    services = build(settings(Path("cache")))
    assert services.scratch.is_relative_to(tmp_path / "cache")
    (tmp_path / "a.txt").write_text("a")
    ref = services.store.put(tmp_path / "a.txt", "text/plain")
    assert services.store.path(ref).is_absolute()
