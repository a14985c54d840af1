"""Cases as routes answer them, and who asks."""

from datetime import timedelta
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.triage import presence, queries
from services.network_support.triage.filters import Asking
from services.network_support.triage.policy import policy
from services.network_support.triage.schemas import CasePage, CaseView
from shared.web.app import Parts
from shared.web.auth import Actor
from shared.web.etag import etag
from shared.web.pagination import next_link
from shared.web.writing import Answer


async def shown(session: AsyncSession, case_id: UUID, actor: Actor, parts: Parts) -> Answer:
    """With who else has it open. Raises NotFound."""
    line = await queries.find(session, case_id)
    others = await presence.others(session, case_id, actor.person, parts.clock.moment())
    return Answer(200, CaseView(**dict(line), others_here=others).model_dump_json(), {"ETag": etag(line.revision)})


def asking(actor: Actor, parts: Parts) -> Asking:
    return Asking(actor.person, parts.clock.business(), timedelta(hours=policy().soon_hours))


def paged(request: Request, page: CasePage) -> Response:
    return Answer(200, page.model_dump_json(), next_link(request, page.next)).response()
