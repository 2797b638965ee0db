"""Is the process alive, and has it what it needs?"""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import anyio
from anyio import to_thread
from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field
from redis import Redis
from sqlalchemy import text

import noteai
from noteai import telemetry
from noteai.accounts.models import LOCAL
from noteai.api.dependencies import Services
from noteai.api.services import ApiServices
from noteai.engine.artifact import FileRef

router = APIRouter()

_PATIENCE = 3.0
_NOWHERE = FileRef(digest="0" * 64, media_type="", size=0)


class Check(BaseModel):
    is_well: bool
    seconds: float
    detail: str = ""


class Alive(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "alive"}]})

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """`degraded` goes on accepting: without Redis progress is polled, and work waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "checks": {
                        "database": {"is_well": True, "seconds": 0.002, "detail": ""},
                        "migrations": {"is_well": True, "seconds": 0.003, "detail": ""},
                        "redis": {"is_well": True, "seconds": 0.001, "detail": ""},
                        "store": {"is_well": True, "seconds": 0.004, "detail": ""},
                    },
                }
            ]
        }
    )

    status: Literal["ready", "degraded", "unready"]
    checks: dict[str, Check] = Field(description="By what was asked.")


@router.get("/health/live")
async def live() -> Alive:
    """The process answers; it asks nobody."""
    return Alive()


@router.get("/health/ready", responses={503: {"model": Readiness, "description": "Not ready"}})
async def ready(services: Services, response: Response) -> Readiness:
    """Ask the database, Redis and the store, all at once, for three seconds at most."""
    found: dict[str, Check] = {}

    async def ask(name: str, question: Callable[[ApiServices], str]) -> None:
        found[name] = await _asked(question, services)

    async with anyio.create_task_group() as group:
        for name, question in _QUESTIONS.items():
            group.start_soon(ask, name, question)
    state = _judge(found)
    if state == "unready":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(status=state, checks=dict(sorted(found.items())))


async def _asked(question: Callable[[ApiServices], str], services: ApiServices) -> Check:
    started = time.perf_counter()
    detail = f"no answer within {_PATIENCE:g} seconds"
    with anyio.move_on_after(_PATIENCE):
        detail = await to_thread.run_sync(_put, question, services, abandon_on_cancel=True)
    return Check(is_well=not detail, seconds=time.perf_counter() - started, detail=detail)


def _put(question: Callable[[ApiServices], str], services: ApiServices) -> str:
    try:
        return question(services)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is: not well
        telemetry.logger().warning("health_check_failed", exc_info=error)
        return type(error).__name__


def _judge(found: dict[str, Check]) -> Literal["ready", "degraded", "unready"]:
    ill = {name for name, check in found.items() if not check.is_well}
    if not ill:
        return "ready"
    return "degraded" if ill == {"redis"} else "unready"


def _database(services: ApiServices) -> str:
    with services.database.transaction() as session:
        session.execute(text("SELECT 1"))
    return ""


def _migrations(services: ApiServices) -> str:
    with services.database.transaction() as session:
        there = set(session.scalars(text("SELECT version_num FROM alembic_version")))
    return "" if there == _heads() else f"the database is at {sorted(there)}: noteai migrate"


@cache
def _heads() -> set[str]:
    from alembic.script import ScriptDirectory

    return set(ScriptDirectory(str(Path(noteai.__path__[0]) / "migrations")).get_heads())


def _redis(services: ApiServices) -> str:
    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    with Redis.from_url(services.redis_url, **patience) as redis:
        redis.ping()
    return ""


def _store(services: ApiServices) -> str:
    services.store(LOCAL).has(_NOWHERE)
    return ""


_QUESTIONS = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "store": _store,
}
