"""What docker-compose.prod.yml makes of docker-compose.yml."""

import jsonschema
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from compose import FILE, OVERLAY, Compose, VariableMissing, merged

GIVEN = {
    "POSTGRES_PASSWORD": "given-1",
    "S3_ACCESS_KEY": "given-2",
    "S3_SECRET_KEY": "given-3",
    "S3_PUBLIC_ENDPOINT": "https://files.example.org",
    "GRAFANA_PASSWORD": "given-4",
}
PRODUCTION = Compose(files=(FILE, OVERLAY), variables=GIVEN)


def test_the_files_together_are_what_compose_reads() -> None:
    jsonschema.validate(PRODUCTION.whole, get_builtin_schema("vendor.compose-spec"))


def test_no_service_is_new_and_none_is_left_out() -> None:
    assert set(PRODUCTION.services) == set(Compose().services)
    assert set(Compose(files=(OVERLAY,), variables=GIVEN).services) == set(PRODUCTION.services)


@pytest.mark.parametrize("name", GIVEN)
def test_what_must_be_given_is_asked_for_in_words(name: str) -> None:
    rest = {key: value for key, value in GIVEN.items() if key != name}
    with pytest.raises(VariableMissing, match=r"\w+ \w+"):
        _ = Compose(files=(FILE, OVERLAY), variables=rest).whole


def test_no_default_that_others_know_is_left() -> None:
    for name, each in PRODUCTION.services.items():
        for variable, value in each.get("environment", {}).items():
            is_secret = any(word in variable for word in ("PASSWORD", "_KEY", "DATABASE_URL"))
            assert not is_secret or "given-" in value, (name, variable)


def test_only_the_api_is_published() -> None:
    assert [name for name, each in PRODUCTION.services.items() if each.get("ports")] == ["api"]


def test_everything_is_started_again_and_its_log_is_bounded() -> None:
    for name, each in PRODUCTION.services.items():
        assert each["restart"] == ("on-failure" if name == "migrate" else "always")
        assert set(each["logging"]["options"]) == {"max-size", "max-file"}


def test_there_are_several_of_who_would_hold_up_others() -> None:
    replicas = {name: each.get("deploy", {}).get("replicas", 1) for name, each in _workers()}
    assert replicas["scheduler"] > 1
    assert replicas["worker-media"] > 1


def _workers() -> list[tuple[str, dict[str, dict[str, int]]]]:
    return list(PRODUCTION.workers.items())


def test_parts_are_merged_as_compose_does() -> None:
    under = {"a": {"x": 1, "y": 2}, "ports": ["1"], "command": ["old"]}
    over = {"a": {"y": 3}, "ports": ["2"], "command": ["new"]}
    assert merged(under, over) == {
        "a": {"x": 1, "y": 3},
        "ports": ["1", "2"],
        "command": ["new"],
    }
