"""Rows as clients see them."""

from datetime import datetime, timedelta
from typing import Any

from noteai.uploads import service
from noteai.uploads.models import UploadRow
from noteai.uploads.schemas import ReceivedPart, UploadProgress, UploadView, WantedPart
from noteai.uploads.service import Intake, Standing

URLS = 100
"""Of parts, in one answer, unless so many others are asked for."""


def view(row: UploadRow) -> UploadView:
    return UploadView.model_validate(_facts(row))


def declared(intake: Intake, row: UploadRow, urls: int = URLS) -> UploadProgress:
    """Of a new upload, of which nothing was sent."""
    missing = service.cut_of(row).missing(()) if row.state == "awaiting_parts" else ()
    standing = Standing(missing=missing)
    return progress(intake, row, standing, after=0, urls=urls, now=row.created_at)


def progress(
    intake: Intake,
    row: UploadRow,
    standing: Standing,
    *,
    now: datetime,
    after: int = 0,
    urls: int = URLS,
) -> UploadProgress:
    """With URLs of the first `urls` parts `after` a number that are missing."""
    asked = [each for each in standing.missing if each.number > after][:urls]
    tickets = service.tickets(row, intake, asked, now)
    life = timedelta(seconds=service.url_life(row, intake.limits, now))
    return UploadProgress(
        **_facts(row),
        received=[ReceivedPart(**vars(part)) for part in standing.received],
        wanted=[WantedPart(**vars(each.slice), url=each.url) for each in tickets],
        wanted_count=len(standing.missing),
        urls_expire_at=now + life if tickets else None,
    )


def _facts(row: UploadRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in UploadView.model_fields if hasattr(row, name)},
        "sha256": row.digest,
        "part_count": service.cut_of(row).count,
    }
