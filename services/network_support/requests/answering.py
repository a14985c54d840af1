"""What the routes of requests share: who asks, for whom they act, and what a request looks like when it is answered."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.memberships import NO_SUCH_REQUEST, Acting, AskingMemberships, Memberships
from services.network_support.requests import queries
from services.network_support.requests.models import SupportRequest
from services.network_support.requests.schemas import RequestView
from shared.errors import NotFound
from shared.web.app import Parts
from shared.web.auth import ADMIN, NETWORK_STAFF, REVIEWER, SIGNED_IN, STAFF, STAFF_OR_REVIEWER, Actor
from shared.web.etag import etag
from shared.web.writing import Answer

SignedIn = Annotated[Actor, Depends(SIGNED_IN)]
Staff = Annotated[Actor, Depends(STAFF)]
StaffOrReviewer = Annotated[Actor, Depends(STAFF_OR_REVIEWER)]


async def _acting(actor: SignedIn, memberships: AskingMemberships) -> Acting:
    """Asked before the transaction: no database connection waits for another service."""
    return await memberships.of(actor)


ActingFor = Annotated[Acting, Depends(_acting)]


async def _either_side(actor: SignedIn, memberships: AskingMemberships) -> Acting | None:
    return None if actor.is_any(NETWORK_STAFF, ADMIN) else await memberships.of(actor)


EitherSide = Annotated[Acting | None, Depends(_either_side)]  # None: staff, who write to every request that was sent


async def answer(session: AsyncSession, changed: SupportRequest, status: int = 200) -> Answer:
    """Of a write: the request as it is now."""
    return shown(await queries.find(session, changed.request_id, changed.changed_at), status)


def shown(found: RequestView, status: int = 200) -> Answer:
    headers = {"ETag": etag(found.revision)}
    if status == 201:
        headers["Location"] = f"/requests/{found.request_id}"
    return Answer(status, found.model_dump_json(), headers)


async def reader(actor: Actor, memberships: Memberships) -> Acting | None:
    """None: one who may read all requests, also while the pledges service does not answer."""
    return None if actor.is_any(NETWORK_STAFF, REVIEWER, ADMIN) else await memberships.of(actor)


async def readable(session: AsyncSession, request_id: UUID, acting: Acting | None, parts: Parts) -> RequestView:
    """Raises NotFound for what is another entity's, and for what was never sent to those who may read all."""
    now = parts.clock.business()
    found = await queries.find(session, request_id, now)
    if acting is not None:
        acting.require_read(found.entity_id, now)
    elif found.sent_at is None:
        raise NotFound(NO_SUCH_REQUEST)
    return found
