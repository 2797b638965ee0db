"""Is the process alive, and has it what it needs?"""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

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
from noteai.jobs import canary

router = APIRouter()

_PATIENCE = 3.0
_NOWHERE = FileRef(digest="0" * 64, media_type="", size=0)


class Check(BaseModel):
    is_well: bool
    seconds: float = Field(description="That the answer took.")
    detail: str = ""


class Said(NamedTuple):
    """What came of a question."""

    detail: str = ""
    is_well: bool = True


Question = Callable[[ApiServices], Said]


class Alive(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "alive"}]})

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """`degraded` goes on accepting: without the broker progress is polled, and work waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "checks": {
                        "broker": {"is_well": True, "seconds": 0.001, "detail": ""},
                        "canary": {
                            "is_well": True,
                            "seconds": 0.002,
                            "detail": "no worker serves vision",
                        },
                        "database": {"is_well": True, "seconds": 0.002, "detail": ""},
                        "migrations": {"is_well": True, "seconds": 0.003, "detail": ""},
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
    """Ask the database, the broker and the store, all at once, for three seconds at most, and
    whether the last message through each queue was answered.
    """
    found: dict[str, Check] = {}

    async def ask(name: str, question: Question) -> None:
        found[name] = await _asked(question, services)

    async with anyio.create_task_group() as group:
        for name, question in _QUESTIONS.items():
            group.start_soon(ask, name, question)
    state = _judge(found)
    if state == "unready":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(status=state, checks=dict(sorted(found.items())))


async def _asked(question: Question, services: ApiServices) -> Check:
    started = time.perf_counter()
    said = Said(f"no answer within {_PATIENCE:g} seconds", is_well=False)
    with anyio.move_on_after(_PATIENCE):
        said = await to_thread.run_sync(_put, question, services, abandon_on_cancel=True)
    return Check(seconds=time.perf_counter() - started, **said._asdict())


def _put(question: Question, services: ApiServices) -> Said:
    try:
        return question(services)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is: not well
        telemetry.logger().warning("health_check_failed", exc_info=error)
        return Said(type(error).__name__, is_well=False)


def _judge(found: dict[str, Check]) -> Literal["ready", "degraded", "unready"]:
    ill = {name for name, check in found.items() if not check.is_well}
    if not ill:
        return "ready"
    return "degraded" if ill <= _DISPENSABLE else "unready"


def _database(services: ApiServices) -> Said:
    with services.database.transaction() as session:
        session.execute(text("SELECT 1"))
    return Said()


def _migrations(services: ApiServices) -> Said:
    with services.database.transaction() as session:
        there = set(session.scalars(text("SELECT version_num FROM alembic_version")))
    is_well = there == _heads()
    return Said("" if is_well else f"the database is at {sorted(there)}: noteai migrate", is_well)


@cache
def _heads() -> set[str]:
    from alembic.script import ScriptDirectory

    return set(ScriptDirectory(str(Path(noteai.__path__[0]) / "migrations")).get_heads())


def _broker(services: ApiServices) -> Said:
    patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
    with Redis.from_url(services.redis_url, **patience) as redis:
        redis.ping()
    return Said()


def _store(services: ApiServices) -> Said:
    services.store(LOCAL).has(_NOWHERE)
    return Said()


def _canary(services: ApiServices) -> Said:
    """Lost ones make it not well; that nobody serves a queue is said and no more."""
    period = services.service.canary
    if not period:
        return Said("switched off")
    with services.database.transaction() as session:
        standings = canary.standing(session, services.service.lease)
    lost = [each for each in standings if each.is_lost(period)]
    served = {each.queue for each in standings if each.is_served}
    unserved = sorted(canary.needed(services.workflows) - served)
    told = [f"no answer through {each.queue} for {each.waited:.0f} seconds" for each in lost]
    told += [f"no worker serves {', '.join(unserved)}"] if unserved else []
    return Said("; ".join(told), is_well=not lost)


_QUESTIONS: dict[str, Question] = {
    "broker": _broker,
    "canary": _canary,
    "database": _database,
    "migrations": _migrations,
    "store": _store,
}
_DISPENSABLE = {"broker", "canary"}
"""Without these it goes on accepting."""
