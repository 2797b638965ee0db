"""What the stages of a real worker work with."""

import pickle
from pathlib import Path
from uuid import UUID

from noteai.media.ffmpeg import Ffmpeg
from noteai.settings import Settings
from noteai.worker.furnish import everything
from noteai.workflows import HIGHLIGHTS


def test_every_workflow_that_starts_from_an_upload_is_known() -> None:
    assert everything().workflows["highlights"] is HIGHLIGHTS


def test_each_account_has_a_store_of_its_own(tmp_path: Path) -> None:
    settings = Settings(cache_dir=tmp_path, s3_endpoint="http://127.0.0.1:1")
    equipment = everything().furnish(settings)
    one, other = UUID(int=1), UUID(int=2)
    assert equipment.store(one) is equipment.store(one)
    assert equipment.store(one) is not equipment.store(other)
    assert Ffmpeg in equipment.resources


def test_it_travels_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(everything()))  # noqa: S301 - our own
    assert there.workflows["highlights"].names == HIGHLIGHTS.names
