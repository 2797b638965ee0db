"""Shared by all rings: where the media are, and how Hypothesis works."""

import os
import signal
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import settings
from measuring import measured  # noqa: F401 - a fixture of all rings
from service import (  # noqa: F401 - fixtures of all rings
    bucket,
    database,
    database_url,
    object_store,
    postgres,
    redis_url,
    servers_folder,
    store_client,
    template,
    valkey,
)
from talking import log_as_it_was  # noqa: F401

from noteai.media import tool
from noteai.media.ffmpeg import Ffmpeg

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell starts with &
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _programs_may_start() -> None:
    """Also after a test in which a process was about to leave."""
    tool.admit()


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real recordings; tests that need it are skipped where it is not named."""
    folder = os.environ.get("NOTEAI_MEDIA_DIR")
    if not folder:
        pytest.skip("NOTEAI_MEDIA_DIR names no folder of real recordings")
    return Path(folder)


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
