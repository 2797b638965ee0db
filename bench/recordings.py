"""Recordings for stages that are measured alone."""

from pathlib import Path

from bench.desk import Desk
from noteai.agents.recording import upright
from noteai.lecture.recording import AudioTrack, Recording
from noteai.media.container import recognise
from noteai.media.probe import probe


def heard(desk: Desk, audio: Path, duration: float) -> Recording:
    """A recording that is nothing but its sound, as FLAC."""
    ref = desk.adopt(audio)
    return Recording(
        file=ref, container="flac", duration=duration, video=None, audio_track=None, audio=ref
    )


def probed(desk: Desk, path: Path) -> Recording:
    """A recording as its probe describes it, its sound not extracted."""
    container = recognise(path).demuxer
    contents = probe(path, container, desk.workdir)
    assert contents
    sound = [each.model_dump(exclude={"decodable", "tag"}) for each in contents.audio]
    return Recording(
        file=desk.adopt(path),
        container=container,
        duration=contents.duration,
        video=next(map(upright, contents.video), None),
        audio_track=AudioTrack(**sound[0]) if sound else None,
        audio=None,
    )
