"""Cases follow what they are of: a request's steps, its entity's region, its pledge's objectives.

Called in the transaction of the change, so a queue never shows what is no longer true.
"""

from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.requests import known_entities
from services.network_support.requests.lifecycle import Step
from services.network_support.requests.models import KnownPledge, SupportRequest
from services.network_support.search import index
from services.network_support.search.models import CaseWords
from services.network_support.triage import assigning, due
from services.network_support.triage.lifecycle import OPEN
from services.network_support.triage.models import Case
from services.network_support.triage.places import region_of
from shared.clock import Moment
from shared.db import TIMESTAMPTZ, Database

_FOLLOW = text("""
update triage_case set stage = :stage, is_open = :is_open, changed_at = :at where case_id = :case_id
""").bindparams(bindparam("at", type_=TIMESTAMPTZ))
_PLACE = text("""
update triage_case set region = :region where entity_id = :entity_id and region is distinct from :region
""")
_WITHOUT_WORDS = (
    select(SupportRequest)
    .join(Case, col(Case.case_id) == col(SupportRequest.request_id))
    .where(~select(CaseWords).where(col(CaseWords.case_id) == col(Case.case_id)).exists())
    .limit(100)
)
_ABOUT = text("""
update triage_case set objectives = cast(:objectives as text[])
where pledge_id = :pledge_id and objectives <> cast(:objectives as text[])
""")


async def after(session: AsyncSession, request: SupportRequest, step: Step, moment: Moment) -> None:
    """The request has taken a step, and its clocks with it: new on the desk once submitted, then wherever it is."""
    if request.state == "submitted" and step in {"opened", "decided"}:
        await appear(session, request, moment)
    else:
        values = {"case_id": request.request_id, "stage": request.state, "is_open": request.state in OPEN}
        await session.execute(_FOLLOW, values | {"at": moment.business})
    await due.follow(session, [request.request_id])


async def appear(session: AsyncSession, request: SupportRequest, moment: Moment) -> None:
    """Onto the desk, and to an officer if a rule finds one."""
    pledge = await session.get(KnownPledge, request.pledge_id)
    case = Case(
        case_id=request.request_id,
        kind="request",
        stage=request.state,
        is_open=True,
        entity_id=request.entity_id,
        pledge_id=request.pledge_id,
        region=await region(session, request.entity_id),
        type=request.type,
        language=request.language,
        objectives=pledge.objectives if pledge else [],
        opened_at=moment.business,
        changed_at=moment.business,
    )
    session.add(case)
    await session.flush()
    await index.add(session, case.case_id, await _texts(session, request, pledge))
    await assigning.automatically(session, case, moment)


async def _texts(session: AsyncSession, request: SupportRequest, pledge: KnownPledge | None) -> list[tuple[str, str]]:
    """By what a request is found at first; what is written about it later joins."""
    entity = await known_entities.find(session, request.entity_id)
    names = [*(entity.names if entity else {}).items()]
    titles = [(pledge.language, pledge.title)] if pledge else []
    return [(request.language, request.text), *titles, *names, ("und", f"{request.entity_id} {request.request_id}")]


async def fill_in(owner_url: str) -> None:
    """The words of requests that have none yet, some in each transaction; as `migrate` does. Others may work meanwhile.

    `owner_url`: of the role that owns the tables.
    """
    database = Database(owner_url, application="words of cases", pool=1)
    try:
        more = True
        while more:
            async with database.transaction() as session:
                without = (await session.execute(_WITHOUT_WORDS)).scalars().all()
                for request in without:
                    pledge = await session.get(KnownPledge, request.pledge_id)
                    await index.add(session, request.request_id, await _texts(session, request, pledge))
            more = bool(without)
    finally:
        await database.close()


async def region(session: AsyncSession, entity_id: str) -> str | None:
    known = await known_entities.find(session, entity_id)
    return region_of(known.groups, known.country) if known else None


async def placed(session: AsyncSession, entity_id: str) -> None:
    """The entity is known, or known better."""
    await session.execute(_PLACE, {"entity_id": entity_id, "region": await region(session, entity_id)})


async def about(session: AsyncSession, pledge_id: UUID, objectives: list[str]) -> None:
    """The pledge is known, or known better."""
    await session.execute(_ABOUT, {"pledge_id": pledge_id, "objectives": objectives})
