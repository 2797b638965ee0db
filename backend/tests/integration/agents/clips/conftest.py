from pathlib import Path

import pytest
from desk import Desk
from studio import Studio

from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts


@pytest.fixture
def studio(tmp_path: Path, ffmpeg: Ffmpeg) -> Studio:
    return Studio(Desk(tmp_path, resources={Ffmpeg: ffmpeg, Fonts: Fonts()}), ffmpeg)
