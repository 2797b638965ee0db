from pathlib import Path

import pytest
from shouting import Heard, Voice

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.engine.run import World


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def world(tmp_path: Path, voice: Voice) -> World:
    return World(
        store=FolderStore(tmp_path / "store"),
        ledger=MemoryLedger(),
        events=Heard(),
        resources={Voice: voice},
        scratch=tmp_path / "scratch",
    )
