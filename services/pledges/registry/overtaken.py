"""Two editors of one pledge: what the second one is told, so that nothing of either is lost."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.registry.content import Content
from services.pledges.registry.difference import Difference, differences
from services.pledges.registry.models import PledgeHistory
from services.pledges.registry.records import Present
from shared.errors import Stale
from shared.web.problem import Problem, Responses, described

_SINCE = (
    select(PledgeHistory)
    .where(col(PledgeHistory.pledge_id) == bindparam("id"), col(PledgeHistory.revision) > bindparam("seen"))
    .order_by(col(PledgeHistory.step_id).desc())
)


class LastStep(BaseModel):
    """What was done last, by role and never by person; business time, UTC."""

    action: str = Field(examples=["saved"])
    by: str = Field(examples=["delegate"])
    at: datetime


class Overtaken(Problem):
    """Somebody saved a newer revision. `last` is null when the revision that was named is not there yet."""

    last: LastStep | None
    differences: list[Difference]


_SAYS = "Somebody saved a newer revision: what differs, and who saved it when"
RESPONSES: Responses = {412: described(_SAYS, Overtaken)}


async def overtaken(session: AsyncSession, found: Present, seen: int, yours: Content) -> Stale:
    """What to answer who saw revision `seen` and wanted the content to be `yours`."""
    steps = list(await session.scalars(_SINCE, {"id": found.pledge_id, "seen": seen}))
    changed = {name for step in steps for name in step.fields}
    more: dict[str, Any] = {
        "last": LastStep.model_validate(steps[0].model_dump()).model_dump(mode="json") if steps else None,
        "differences": [one.model_dump() for one in differences(found.content, yours, changed)],
    }
    says = f'You saw revision "{seen}", the present one is "{found.revision}". Nothing was saved.'
    return Stale(f"{says} Read it again and merge what differs.", more=more)
