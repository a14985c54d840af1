"""Routes of mail that arrives: in from the mail gateway, and for staff what became of it."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.requests import ClientDisconnect

from services.network_support.conversation import queries
from services.network_support.conversation.inbound.opening import Mail
from services.network_support.conversation.inbound.receiving import LARGEST_MAIL, Receiver
from services.network_support.conversation.lifecycle import Outcome
from services.network_support.conversation.schemas import Arrived, MailPage
from services.network_support.requests.answering import Staff
from shared.errors import BadRequest, Forbidden
from shared.web.app import Using
from shared.web.auth import MAIL_GATEWAY
from shared.web.pagination import Cursor, Limit, next_link

router = APIRouter(tags=["mail that arrives"])

LARGER = {("POST", "/inbound/mail"): LARGEST_MAIL}
_RAW = {
    "requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}
}


async def _gateway(request: Request, authorization: Annotated[str, Header(include_in_schema=False)] = "") -> Receiver:
    """Raises Forbidden without the secret, before anything of the body is read."""
    mail: Mail = request.app.state.mail
    given = authorization.partition(" ")[2].strip()
    if not mail.secret or not hmac.compare_digest(given.encode(), mail.secret.encode()):
        raise Forbidden("Only our mail gateway brings mail: Authorization: Bearer <GCM_INBOUND_SECRET>.")
    return mail.receiver


@router.post(
    "/inbound/mail", dependencies=[Depends(MAIL_GATEWAY)], openapi_extra=_RAW, summary="A mail has arrived, raw"
)
async def take_mail(request: Request, receiver: Annotated[Receiver, Depends(_gateway)]) -> Arrived:
    """For the mail gateway. The body is the message as it came (RFC 5322), at most 30 MB; else 413.

    200 says that it was dealt with, whatever became of it: do not send it again. After 503 do. The same mail twice is
    one mail.
    """
    try:
        raw = await request.body()
    except ClientDisconnect:
        raise BadRequest("The mail did not come whole; nothing was kept.") from None
    return Arrived(outcomes=await receiver.receive(raw, "endpoint"))


@router.get("/inbound/mails", summary="What became of mails that arrived, newest first")
async def read_mails(
    *,
    request: Request,
    response: Response,
    _: Staff,
    parts: Using,
    outcome: Annotated[Outcome | None, Query(description="Only with this outcome")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> MailPage:
    """For Network staff. Holds nothing of what a mail said, and of whom."""
    async with parts.database.transaction() as session:
        page = await queries.mails(session, outcome, limit, cursor)
    response.headers.update(next_link(request, page.next))
    return page
