"""Webhooks over HTTP. No host is looked up while a transaction is open."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from noteai.api.dependencies import Caller, Services, Tx
from noteai.api.schema import Responses, problems
from noteai.api.services import ApiServices
from noteai.paging import BadCursor, Place
from noteai.webhooks import repository, schemas, service
from noteai.webhooks.errors import (
    DeliveryNotFound,
    SecretRefused,
    TargetRefused,
    TooManyWebhooks,
    WebhookDisabled,
    WebhookNotFound,
)
from noteai.webhooks.models import DeliveryState
from noteai.webhooks.schemas import (
    DeliveryList,
    DeliveryView,
    NewWebhook,
    Rotation,
    WebhookChange,
    WebhookList,
    WebhookMade,
    WebhookView,
)
from noteai.webhooks.target import Guard

router = APIRouter()

WebhookId = Annotated[UUID, Path(description="Foreign and unknown ids are both 404.")]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]

BAD_TARGET = TargetRefused(reason="its host has no public address")
BAD_SECRET = SecretRefused(reason="has 8 bytes and not 24 to 64")
_BY_ID = {"webhook_id": "$response.body#/id"}
_MADE: Responses = {
    201: {
        "links": {
            name: {"operationId": name, "parameters": _BY_ID}
            for name in ("get_webhook", "ping_webhook", "list_deliveries", "delete_webhook")
        }
    }
}


def guard_of(services: ApiServices) -> Guard:
    return Guard(services.service.webhooks_to_private)


@router.post(
    "/webhooks",
    status_code=status.HTTP_201_CREATED,
    responses=problems(BAD_TARGET, BAD_SECRET, TooManyWebhooks(limit=20)) | _MADE,
)
def add_webhook(
    wanted: NewWebhook, caller: Caller, services: Services, session: Tx, response: Response
) -> WebhookMade:
    """Have the events of all jobs told to a server. Its secret is shown this once."""
    order = service.checked(wanted.order(), guard_of(services))
    row = service.add(session, caller, order, limit=services.service.account_webhooks)
    response.headers["Location"] = f"/api/v1/webhooks/{row.id}"
    return schemas.made(row)


@router.get("/webhooks", responses=problems(BadCursor()))
def list_webhooks(
    caller: Caller,
    session: Tx,
    job_id: Annotated[UUID | None, Query(description="The webhook of this job instead.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> WebhookList:
    """Those of the account, the newest first."""
    before = Place.read(cursor) if cursor else None
    rows = repository.find(session, caller, job=job_id, before=before, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return WebhookList(
        webhooks=[schemas.view(row) for row in rows[:limit]],
        next_cursor=Place(last.created_at, last.id).cursor() if last else None,
    )


@router.get("/webhooks/{webhook_id}", responses=problems(WebhookNotFound()))
def get_webhook(webhook_id: WebhookId, caller: Caller, session: Tx) -> WebhookView:
    return schemas.view(repository.get(session, caller, webhook_id))


@router.patch("/webhooks/{webhook_id}", responses=problems(WebhookNotFound(), BAD_TARGET))
def change_webhook(
    webhook_id: WebhookId, wanted: WebhookChange, caller: Caller, services: Services, session: Tx
) -> WebhookView:
    """Change some of it. Enabled again, it goes on with what waited less than a day."""
    changes = wanted.changes()
    if wanted.url:
        changes["url"] = str(guard_of(services).check(wanted.url).url)
    return schemas.view(service.change(session, caller, webhook_id, changes))


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(WebhookNotFound()),
)
def delete_webhook(webhook_id: WebhookId, caller: Caller, session: Tx) -> None:
    """Forget it with its deliveries: nothing more is sent."""
    service.delete(session, caller, webhook_id)


@router.post("/webhooks/{webhook_id}/rotate", responses=problems(WebhookNotFound(), BAD_SECRET))
def rotate_webhook(
    webhook_id: WebhookId, caller: Caller, session: Tx, wanted: Rotation | None = None
) -> WebhookMade:
    """A new secret, shown this once. For a while requests have a signature by each of both."""
    asked = wanted or Rotation()
    return schemas.made(service.rotate(session, caller, webhook_id, asked.secret, asked.overlap))


@router.post(
    "/webhooks/{webhook_id}/ping",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(WebhookNotFound(), WebhookDisabled()),
)
def ping_webhook(webhook_id: WebhookId, caller: Caller, session: Tx) -> DeliveryView:
    """Send a test event, `webhook.ping`, after what waits already."""
    return schemas.delivery_view(service.ping(session, caller, webhook_id))


@router.get("/webhooks/{webhook_id}/deliveries", responses=problems(WebhookNotFound(), BadCursor()))
def list_deliveries(
    webhook_id: WebhookId,
    caller: Caller,
    session: Tx,
    state: DeliveryState | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> DeliveryList:
    """What was sent and what came back, the newest first, for 30 days."""
    before = Place.read(cursor) if cursor else None
    rows = repository.find_deliveries(
        session, caller, webhook_id, state=state, before=before, limit=limit + 1
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return DeliveryList(
        deliveries=[schemas.delivery_view(row) for row in rows[:limit]],
        next_cursor=Place(last.created_at, last.id).cursor() if last else None,
    )


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(WebhookNotFound(), DeliveryNotFound(), WebhookDisabled()),
)
def redeliver(
    webhook_id: WebhookId, delivery_id: UUID, caller: Caller, session: Tx
) -> DeliveryView:
    """Send it again, the same with the same `webhook-id`, after what waits already."""
    return schemas.delivery_view(service.redeliver(session, caller, webhook_id, delivery_id))
