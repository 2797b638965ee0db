"""Builds what a door needs from its settings: the only place that makes adapters.

Nothing is loaded here: models come when an agent first uses them.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from noteai.adapters.folder_store import FolderStore
from noteai.engine.ports import EventSink, Ledger, Resource
from noteai.engine.world import World
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts
from noteai.resources.embedder import Embedder, MiniLm
from noteai.resources.face_finder import CascadeFaceFinder, FaceFinder
from noteai.resources.language_model import LanguageModel, Price, Terms
from noteai.resources.language_model.factory import language_model
from noteai.resources.text_reader import RapidOcrReader, TextReader
from noteai.resources.transcriber import Transcriber
from noteai.resources.transcriber.factory import transcriber
from noteai.resources.voice_activity import SileroVoiceActivity, VoiceActivity
from noteai.settings import BadSetting, LanguageModelSettings, Settings


@dataclass(frozen=True)
class Services:
    store: FolderStore
    scratch: Path
    """Of this process alone, removed when it ends well."""
    resources: Mapping[Any, Resource]
    ffmpeg: Ffmpeg

    def world(self, ledger: Ledger, events: EventSink) -> World:
        return World(self.store, ledger, events, self.resources, self.scratch)


@contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """Services whose scratch folder goes with the block. Raises: as `build`."""
    services = build(settings)
    try:
        yield services
    finally:
        shutil.rmtree(services.scratch, ignore_errors=True)


def build(settings: Settings) -> Services:
    """Raises: ApiKeyMissing, where a provider that wants a key has none."""
    cache = settings.cache_dir.absolute()  # ffmpeg and its like run in folders of their own
    scratch = cache / "scratch"
    _sweep(scratch)
    ffmpeg = find_ffmpeg()
    return Services(
        store=FolderStore(cache / "store"),
        scratch=scratch / str(os.getpid()),
        resources=_resources(settings, cache, ffmpeg),
        ffmpeg=ffmpeg,
    )


def find_ffmpeg() -> Ffmpeg:
    import imageio_ffmpeg

    return Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())


def _resources(settings: Settings, cache: Path, ffmpeg: Ffmpeg) -> dict[Any, Resource]:
    found: dict[Any, Resource] = {
        Ffmpeg: ffmpeg,
        Fonts: Fonts(),
        VoiceActivity: SileroVoiceActivity(),
        Transcriber: transcriber(settings.transcriber, cache, settings.threads),
        FaceFinder: CascadeFaceFinder(),
        TextReader: RapidOcrReader(threads=settings.threads),
        Embedder: MiniLm(threads=settings.threads),
    }
    model = _language_model(settings.language_model)
    return {**found, LanguageModel: model} if model else found


def _language_model(chosen: LanguageModelSettings) -> LanguageModel | None:
    if chosen.provider == "none":
        return None
    try:
        terms = Terms(
            model=chosen.model,
            base_url=chosen.base_url,
            context=chosen.context,
            max_output=chosen.max_output,
            price=_price(chosen),
            max_cost=chosen.max_cost,
        )
    except ValidationError as error:
        raise BadSetting.of(error, "language_model") from error
    return language_model(chosen.provider, terms, chosen.api_key)


def _price(chosen: LanguageModelSettings) -> Price | None:
    if chosen.price_in is None or chosen.price_out is None:
        return None
    return Price(tokens_in=chosen.price_in, tokens_out=chosen.price_out)


def _sweep(scratch: Path) -> None:
    """Remove what processes left that were killed."""
    for folder in scratch.glob("*"):
        if folder.name.isdigit() and not _is_alive(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
