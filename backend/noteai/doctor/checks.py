"""All checks, in the order in which they are told."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec

from noteai.doctor import machine, models, programs, servers
from noteai.doctor.finding import Check, Finding, Ground, wrong
from noteai.errors import NoteAIError, understood

_SERVICE = ("alembic", "boto3", "psycopg2", "redis", "sqlalchemy")
_AT_A_TIME = 4

MACHINE: Mapping[str, Check] = {
    "python": machine.python,
    "processors": machine.processors,
    "memory": machine.memory,
    "open files": machine.open_files,
    "cache": machine.cache_room,
    "ffmpeg": programs.ffmpeg,
    "ffmpeg features": programs.features,
    "font": programs.letters,
    "speech model": models.speech,
    "voice activity": models.voice,
    "text reader": models.reader,
    "embedder": models.embedder,
}
DEEP: Mapping[str, Check] = {
    "speech at work": models.hears,
    "voice at work": models.tells_voice,
    "reader at work": models.reads,
    "embedder at work": models.embeds,
}
DATABASE: Mapping[str, Check] = {
    "database": servers.database,
    "migrations": servers.migrations,
    "clock": servers.clock,
}
BROKER: Mapping[str, Check] = {
    "broker": servers.broker,
    "broker eviction": servers.eviction,
    "broker persistence": servers.persistence,
}
STORE: Mapping[str, Check] = {
    "store": servers.store,
    "store upload": servers.presigned,
}


def examine(ground: Ground, *, deep: bool = False) -> dict[str, Finding]:
    """What each check found, by its name. With `deep` each model is loaded and run once."""
    checks = dict(chosen(ground, deep=deep))
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        found = pool.map(partial(_looked, ground), checks.values())
        return dict(zip(checks, found, strict=True))


def chosen(ground: Ground, *, deep: bool) -> Iterator[tuple[str, Check]]:
    """Servers are looked at where the environment names them and the service is installed."""
    settings, has_service = ground.settings, all(map(find_spec, _SERVICE))
    yield from MACHINE.items()
    if deep:
        yield from DEEP.items()
    if not has_service:
        yield "clock", machine.clock
        return
    yield "data folder", machine.data_room
    yield from DATABASE.items() if settings.database_url else [("clock", machine.clock)]
    if settings.redis_url:
        yield from BROKER.items()
    if settings.s3_endpoint or settings.s3_access_key:
        yield from STORE.items()


def _looked(ground: Ground, check: Check) -> Finding:
    try:
        return check(ground)
    except Exception as error:  # noqa: BLE001 - what a check meets is what it finds
        known = understood(error)
        if isinstance(known, NoteAIError):
            return wrong(known.message, known.remedy)
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        return wrong(f"This cannot be used: {said}.", "Install NoteAI again.")
