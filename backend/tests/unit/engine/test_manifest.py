import json
from typing import Any

import pytest
from pydantic import ValidationError
from shouting import Count, run_of

from noteai.engine.call import prepare
from noteai.engine.key import artifact_digest
from noteai.engine.local import run_locally
from noteai.engine.manifest import Manifest
from noteai.engine.run import World, artifact

OUTPUT = {"letters": 3, "said": "é"}


def manifest(output: Any) -> Manifest:
    return Manifest(
        key="a" * 64, stage="count", version="1", inputs={}, params={}, resources={},
        output=output, digest="b" * 64, files=(), seconds=1.0, peak_memory=1,
    )  # fmt: skip


def test_an_output_given_as_values_is_their_text() -> None:
    assert manifest(OUTPUT).output == '{"letters":3,"said":"é"}'
    assert manifest(OUTPUT) == manifest(manifest(OUTPUT).output)


def test_what_older_versions_stored_can_be_read() -> None:
    made = manifest(OUTPUT)
    former = {**made.model_dump(mode="json"), "output": OUTPUT}
    assert Manifest.model_validate_json(json.dumps(former)) == made


@pytest.mark.parametrize("wrong", [None, 3, ["letters"]])
def test_an_output_that_is_no_artifact_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        manifest(wrong)


def test_what_a_stage_wrote_down_is_the_digest_of_what_the_next_one_gets(world: World) -> None:
    run = run_of("hi")
    run_locally(run, world)
    records = world.ledger.records(run.id)
    shouted, counted = records["shout"].manifest, records["count"].manifest
    assert shouted
    assert counted
    assert counted.inputs["shout"] == shouted.digest
    given = artifact(run, world, run.workflow.stage("shout").gives)
    assert given
    assert artifact_digest(given) == shouted.digest


def test_a_digest_that_was_written_down_is_not_worked_out_again() -> None:
    count = run_of("hi").workflow.stage("count")
    given = {"shout": Count(letters=1)}
    params = count.params()
    assert prepare(count, given, params, {}, {"shout": "c" * 64}).input_digests == {
        "shout": "c" * 64
    }
    assert prepare(count, given, params, {}).input_digests == {
        "shout": artifact_digest(Count(letters=1))
    }
