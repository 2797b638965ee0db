"""A lecture made from a seed: a film, and the truth about it."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noteai.sample import film, storyboard
from noteai.sample.board import Board
from noteai.sample.recital import Recital, recite
from noteai.sample.script import Course, Script, course, write
from noteai.sample.slides import HEIGHT, WIDTH, Theme, deck
from noteai.sample.sound import Sound
from noteai.sample.speaker import Speaker
from noteai.sample.truth import Truth
from noteai.sample.voice import Voice

_RECITAL_SHARE = 0.25
_PITCHES = (0.84, 0.88, 0.94, 1.0, 1.04)
_SCHOOLS = ("School of Engineering", "Department of Informatics", "Evening College")


@dataclass(frozen=True)
class Sample:
    """Where the film and its truth are, and the truth itself."""

    video: Path
    truth_file: Path
    truth: Truth


def make(
    folder: Path,
    *,
    seed: int = 1,
    minutes: float = 4.0,
    on_progress: Callable[[float], None] | None = None,
) -> Sample:
    """Write `lecture.mp4` and `truth.json` into `folder`; both appear whole, the truth last.

    The length is met within about a tenth; two topics take at least a minute. The same seed
    and length give the same film. `on_progress` hears a fraction, 0 to 1, and
    may raise to stop the work; nothing is left behind then.

    Raises:
        ModelMissing: hibari-tts is not installed.
        ModelDamaged: its weights are not those that were tried.
    """
    hear = on_progress or (lambda _: None)
    folder.mkdir(parents=True, exist_ok=True)
    desk = Path(tempfile.mkdtemp(prefix=".sample-", dir=folder))
    try:
        truth = _make(desk, seed, minutes, hear)
        (desk / "truth.json").write_text(truth.model_dump_json(indent=1) + "\n", "utf-8")
        for name in ("lecture.mp4", "truth.json"):
            (desk / name).replace(folder / name)
    finally:
        shutil.rmtree(desk, ignore_errors=True)
    hear(1.0)
    return Sample(folder / "lecture.mp4", folder / "truth.json", truth)


def _make(desk: Path, seed: int, minutes: float, hear: Callable[[float], None]) -> Truth:
    drawn = [np.random.default_rng([seed, part]) for part in range(5)]
    voice = Voice(pitch=float(drawn[1].choice(_PITCHES)), pace=float(drawn[1].uniform(0.82, 0.94)))
    source = course()
    script = write(minutes, drawn[0], source, _speed(voice, source))
    recital = recite(
        script, voice.say, desk / "voice.raw", drawn[1], lambda f: hear(f * _RECITAL_SHARE)
    )
    staged = _staged(script, drawn[2])
    scenes = storyboard.storyboard(script, staged.deck, recital, drawn[3])
    sound = Sound(drawn[4])
    film.shoot(
        scenes, staged, recital, sound, desk / "lecture.mp4",
        lambda f: hear(_RECITAL_SHARE + f * (0.999 - _RECITAL_SHARE)),
    )  # fmt: skip
    return _truth(seed, script, staged, recital, scenes, sound.noise_db)


def _speed(voice: Voice, source: Course) -> float:
    """Words a second, from the first sentences of every other section."""
    lines = [line for section in source.sections[::2] for line in section.lines[:2]]
    said = [voice.say(line.text, 0) for line in lines]
    return sum(len(each.words) for each in said) / sum(each.duration for each in said)


def _staged(script: Script, rng: np.random.Generator) -> film.Set:
    theme = Theme.drawn(rng, str(rng.choice(_SCHOOLS)))
    return film.Set(
        script=script,
        deck=deck(script),
        theme=theme,
        stage=storyboard.Stage.drawn(rng),
        speaker=Speaker(rng),
        board=Board(rng),
        backdrop=film.backdrop(theme.accent),
    )


def _truth(
    seed: int,
    script: Script,
    staged: film.Set,
    recital: Recital,
    scenes: list[storyboard.Scene],
    noise_db: float,
) -> Truth:
    return Truth(
        seed=seed,
        title=script.title,
        language="en",
        duration=round(recital.duration, 3),
        width=WIDTH,
        height=HEIGHT,
        frame_rate=storyboard.FRAME_RATE,
        noise_db=round(noise_db, 1),
        words=recital.words,
        sentences=recital.sentences,
        silences=recital.silences,
        shots=storyboard.shots(scenes, staged.stage),
        slides=storyboard.visited(scenes, staged.deck),
        changes=storyboard.changes(scenes),
        builds=storyboard.builds(scenes),
        topics=recital.topics,
    )
