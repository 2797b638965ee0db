"""Is this a lecture that we can read? Its tracks, and its sound extracted once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from noteai.engine.artifact import FileRef, Params
from noteai.engine.stage import Context, stage
from noteai.errors import InputError
from noteai.lecture.recording import AudioTrack, Recording, Upload, VideoTrack
from noteai.media.container import is_cut_short, is_encrypted, recognise
from noteai.media.ffmpeg import (
    AUDIO_DECODERS,
    MAX_PIXELS,
    MAX_STREAMS,
    VIDEO_DECODERS,
    Ffmpeg,
    source,
)
from noteai.media.probe import AudioStream, Contents, VideoStream, probe
from noteai.media.tool import ToolFailed
from noteai.resources.voice_activity import SAMPLE_RATE, VoiceActivity

AUDIO_FILE = "audio.flac"
_EXCERPT = 60.0
_FLAC_FRAME = 4608
"""Samples; decodes several times faster than the encoder's choice for 16 kHz (bench/silence.py)."""
_SHORT_BY = 5.0
_FASTEST = 240.0
_USUAL = 25.0
"""Frames a second where the file gives none that can be."""


class EmptyFile(InputError):
    """This file is empty."""

    hint = "Copy or upload the recording again: it did not get through."
    exit_status = 12


class NotRecording(InputError):
    """This file is {kind} and not a recording, whatever its name says."""

    hint = "Give the recording itself, as mp4, mov, mkv, webm, avi, ts or m4v."
    exit_status = 13


class PlaylistNotRecording(InputError):
    """This file is a playlist that points at other files, not a recording."""

    hint = "Give the recording that the playlist points at."
    exit_status = 14


class PictureNotRecording(InputError):
    """This file is a picture, not a recording."""

    hint = "Give a video or a sound file."
    exit_status = 15


class CutShort(InputError):
    """This recording is cut short: its index, which is written last, is missing."""

    hint = "Copy it again from the camera or recorder, or mend it with a repair program."
    exit_status = 16


class Damaged(InputError):
    """This recording is damaged: {reason}."""

    hint = "Copy it again, or convert it to mp4 with another program."
    exit_status = 31


class TooShort(InputError):
    """This recording lasts {seconds} seconds, which is too short for a lecture."""

    hint = "Give a recording of at least {minimum} seconds."
    exit_status = 19


class PictureTooLarge(InputError):
    """The picture of this recording is too large: {width} x {height} pixels."""

    hint = "Convert it to at most {pixels} million pixels a frame."
    exit_status = 20


class TooLong(InputError):
    """This recording says that it lasts {hours} hours; the limit is {limit}."""

    hint = "Cut it into parts, or raise the limit with --set recording.max_hours=N."
    exit_status = 21


class TooManyStreams(InputError):
    """This file has {streams} streams; the limit is {limit}."""

    hint = "Export it again with the lecture's picture and sound alone."
    exit_status = 22


class Encrypted(InputError):
    """This recording is encrypted."""

    hint = "Export it without copy protection."
    exit_status = 23


class NothingDecodable(InputError):
    """No track of this recording can be decoded ({codecs})."""

    hint = "Convert it to mp4 with H.264 and AAC."
    exit_status = 32


class SoundUndecodable(InputError):
    """The sound of this recording cannot be decoded ({codecs})."""

    hint = "Convert it to mp4 with H.264 and AAC."
    exit_status = 33


class RecordingParams(Params):
    min_seconds: float = Field(2.0, ge=0.1, le=60, description="refuse what is shorter")
    max_hours: float = Field(12.0, gt=0, le=48, description="refuse what is longer")


@stage(version="3", queue="media")
def recording(
    upload: Upload, params: RecordingParams, voice: VoiceActivity, ffmpeg: Ffmpeg, ctx: Context
) -> Recording:
    """Probe the file, refuse what cannot be read, and extract the sound."""
    path = ctx.fetch(upload.file)
    demuxer = _demuxer(path)
    if demuxer == "mov" and is_encrypted(path):
        raise Encrypted
    contents = _contents(path, demuxer, ctx.workdir)
    check(contents, params)
    sound = _Sound(path, demuxer, contents.duration, ffmpeg, ctx)
    video = next((upright(each) for each in contents.video if _can_show(each)), None)
    track = _speaking(contents, sound, voice)
    if video is None and track is None:
        raise NothingDecodable(codecs=_codecs(*contents.video, *contents.audio) or "it has none")
    if track is None and contents.audio:
        raise SoundUndecodable(codecs=_codecs(*contents.audio))
    audio, heard = sound.extract(track) if track else (None, 0.0)
    duration = contents.duration if video else heard
    if duration < params.min_seconds:
        raise Damaged(reason=f"only {duration:.1f} s of it can be decoded")
    return Recording(
        file=upload.file,
        container=demuxer,
        duration=duration,
        video=video,
        audio_track=track and AudioTrack(**track.model_dump(exclude={"decodable"})),
        audio=audio,
        warnings=(*_unseen(contents, video), *_unheard(contents, heard, audio)),
    )


def check(contents: Contents, params: RecordingParams) -> None:
    """Raises: TooManyStreams, PictureTooLarge, TooLong, TooShort."""
    if contents.streams > MAX_STREAMS:
        raise TooManyStreams(streams=contents.streams, limit=MAX_STREAMS)
    for each in contents.video:
        if each.width * each.height > MAX_PIXELS:
            size = {"width": each.width, "height": each.height}
            raise PictureTooLarge(**size, pixels=MAX_PIXELS // 1_000_000)
    if contents.duration > params.max_hours * 3600:
        hours = round(contents.duration / 3600, 1)
        raise TooLong(hours=hours, limit=params.max_hours)
    if contents.duration < params.min_seconds:
        raise TooShort(seconds=round(contents.duration, 2), minimum=params.min_seconds)


def upright(stream: VideoStream) -> VideoTrack:
    """The picture as players show it: turned, and its pixels made square by widening."""
    width, height = round(stream.width * stream.pixel_aspect), stream.height
    rotation = stream.rotation or 0
    if rotation in (90, 270):
        width, height = height, width
    return VideoTrack(
        index=stream.index,
        codec=stream.codec,
        width=max(1, width),
        height=height,
        coded_width=stream.width,
        coded_height=stream.height,
        frame_rate=stream.frame_rate if 0 < stream.frame_rate <= _FASTEST else _USUAL,
        rotation=rotation,
    )


def _demuxer(path: Path) -> str:
    found = recognise(path)
    if found.kind == "recording":
        return found.demuxer
    if found.kind == "empty":
        raise EmptyFile
    if found.kind == "playlist":
        raise PlaylistNotRecording
    if found.kind == "picture":
        raise PictureNotRecording
    raise NotRecording(kind="text" if found.kind == "text" else "of an unknown kind")


def _contents(path: Path, demuxer: str, folder: Path) -> Contents:
    contents = probe(path, demuxer, folder)
    if contents:
        return contents
    if demuxer == "mov" and is_cut_short(path):
        raise CutShort
    raise Damaged(reason="its index cannot be read")


def _can_show(stream: VideoStream) -> bool:
    """Whether later stages can: they decode what is on the list, and nothing else."""
    is_decoded = stream.decodable and stream.codec in VIDEO_DECODERS
    return is_decoded and stream.rotation is not None and stream.width * stream.height > 0


def _speaking(contents: Contents, sound: "_Sound", voice: VoiceActivity) -> AudioStream | None:
    """The audio track in whose middle minute there is most voice."""
    tracks = [each for each in contents.audio if each.decodable and each.codec in AUDIO_DECODERS]
    if len(tracks) <= 1:
        return tracks[0] if tracks else None
    return max(tracks, key=lambda track: _share_of_voice(sound.excerpt(track), voice))


def _share_of_voice(samples: Any, voice: VoiceActivity) -> float:
    import numpy as np

    tracks = list(voice.probabilities([samples])) if samples.size else []
    return float(np.mean(np.concatenate(tracks))) if tracks else 0.0


@dataclass(frozen=True)
class _Sound:
    """The sound of one file, ready to be decoded."""

    path: Path
    demuxer: str
    duration: float
    ffmpeg: Ffmpeg
    ctx: Context

    def excerpt(self, track: AudioStream) -> Any:
        """A minute from the middle as float32 at 16 kHz, mono; nothing where it is broken."""
        import numpy as np

        seek = max(0.0, self.duration / 2 - _EXCERPT / 2)
        reads = (*source(str(self.path), self.demuxer, seek=seek), "-t", str(_EXCERPT))
        pcm = ("-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1")
        try:
            heard = self.ffmpeg.run((*reads, "-map", f"0:{track.index}", *pcm), self.ctx.workdir)
        except ToolFailed:
            return np.empty(0, np.float32)
        return np.frombuffer(heard.stdout, dtype=np.float32)

    def extract(self, track: AudioStream) -> tuple[FileRef, float]:
        """16 kHz mono FLAC on the recording's clock, and its length in seconds."""
        reached = 0.0

        def on_time(seconds: float) -> None:
            nonlocal reached
            reached = max(reached, seconds)
            self.ctx.progress(min(1.0, seconds / self.duration))

        args = (
            *source(str(self.path), self.demuxer),
            *("-map", f"0:{track.index}", "-vn", "-ac", "1", "-ar", str(SAMPLE_RATE)),
            *("-af", "aresample=async=1:first_pts=0", "-c:a", "flac", "-sample_fmt", "s16"),
            *("-frame_size", str(_FLAC_FRAME), AUDIO_FILE),
        )
        try:
            self.ffmpeg.run(args, self.ctx.workdir, on_time)
        except ToolFailed as failure:
            raise Damaged(reason="its sound cannot be decoded") from failure
        return self.ctx.keep(self.ctx.workdir / AUDIO_FILE, "audio/flac"), reached


def _codecs(*streams: VideoStream | AudioStream) -> str:
    return ", ".join(each.codec for each in streams)


def _unseen(contents: Contents, video: VideoTrack | None) -> tuple[str, ...]:
    if video or not contents.video:
        return ()
    return (f"The picture cannot be decoded ({_codecs(*contents.video)}): clips show sound alone.",)


def _unheard(contents: Contents, heard: float, audio: FileRef | None) -> tuple[str, ...]:
    if audio is None or contents.duration - heard <= _SHORT_BY:
        return ()
    return (f"The sound ends at {heard:.0f} s of {contents.duration:.0f} s.",)
