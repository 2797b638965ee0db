"""The real recordings, and their sound."""

import os
from pathlib import Path

from noteai.bootstrap import find_ffmpeg

FFMPEG = find_ffmpeg()


def media(name: str = "") -> Path:
    """The folder that NOTEAI_MEDIA_DIR names, or a file in it."""
    return Path(os.environ["NOTEAI_MEDIA_DIR"]) / name


def extract(source: Path, audio: Path) -> Path:
    """The sound as the recording stage keeps it: 16 kHz, mono, 16-bit FLAC."""
    mono = ("-vn", "-ac", "1", "-ar", "16000", "-sample_fmt", "s16")
    flac = ("-c:a", "flac", "-frame_size", "4608", str(audio))
    FFMPEG.run(("-i", str(source), *mono, *flac), audio.parent)
    return audio
