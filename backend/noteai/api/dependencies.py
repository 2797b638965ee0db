"""What endpoints take as parameters: `Tx`, `Caller`, `Services`."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from noteai.accounts.models import LOCAL
from noteai.api.services import ApiServices


async def services(connection: HTTPConnection) -> ApiServices:
    found: ApiServices = connection.app.state.services
    return found


Services = Annotated[ApiServices, Depends(services)]


def transaction(services: Services) -> Iterator[Session]:
    with services.database.transaction() as session:
        yield session


Tx = Annotated[Session, Depends(transaction, scope="function")]
"""Committed once the endpoint has returned and before its response is sent.

For endpoints that are not `async`: a session blocks. One that has nothing to do with the
database takes no connection, for the first statement does.
"""


async def caller() -> UUID:
    """There is one account until accounts have doors of their own."""
    return LOCAL


Caller = Annotated[UUID, Depends(caller)]
"""The account that asks."""
