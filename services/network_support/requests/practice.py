"""What others could learn from a request: a draft for the practice repository, made for people and sent to nobody."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests import queries
from services.network_support.requests.lifecycle import Type
from services.network_support.requests.models import KnownPledge
from services.network_support.requests.schemas import By, RequestView
from shared.errors import Conflict

NOTE = "Nothing of this is public. Ask the entity, and who helped, before you offer it to others."

_PLEDGE = select(KnownPledge).where(col(KnownPledge.pledge_id) == bindparam("pledge_id"))


class Lesson(BaseModel):
    by: By
    text: str


class PracticeDraft(BaseModel):
    """The beginning of an entry in the practice repository: whoever offers it writes it to its end."""

    title: str = Field(description="Of the pledge")
    entity_id: str
    pledge_id: UUID
    request_id: UUID
    objectives: list[str]
    type: Type
    language: str = Field(description="Of what the entity wrote")
    needed: str = Field(description="What the entity asked for")
    done: str = Field(description="How staff described the help when it was given; may be empty")
    lessons: list[Lesson] = Field(description="The latest last")
    delivered_at: AwareDatetime
    note: str = NOTE


async def draft(session: AsyncSession, request: RequestView) -> PracticeDraft:
    """Raises Conflict before the help was given."""
    lines = await queries.history(session, request.request_id)
    given = next((line for line in reversed(lines) if line.step == "delivered"), None)
    if given is None:
        raise Conflict("No help was given yet, so there is nothing to learn from it.")
    pledge = (await session.execute(_PLEDGE, {"pledge_id": request.pledge_id})).scalar_one_or_none()
    own = request.model_dump(include={"entity_id", "pledge_id", "request_id", "type", "language"})
    said = [(line.by, line.feedback.lessons) for line in lines if line.feedback]
    return PracticeDraft(
        **own,
        title=request.pledge_title or "",
        objectives=pledge.objectives if pledge else [],
        needed=request.text,
        done=given.reason or "",
        delivered_at=given.at,
        lessons=[Lesson(by=by, text=text) for by, text in said if text],
    )
