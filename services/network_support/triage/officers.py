"""Who the officers are. A person becomes one by a token with that role: nothing else proves it."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage.models import Case, Officer
from services.network_support.triage.schemas import OfficerFields, OfficerView
from shared.errors import FieldProblem, Invalid
from shared.web import etag

_REGISTER = insert(Officer).on_conflict_do_nothing()
_OPEN_CASES = (
    select(func.count())
    .where(col(Case.is_open), col(Case.officer) == col(Officer.person_id))
    .correlate(Officer)
    .scalar_subquery()
)
_ALL = select(Officer, _OPEN_CASES.label("open_cases")).order_by(col(Officer.person_id))


async def register(session: AsyncSession, person_id: str) -> None:
    """Somebody who came with a token of the staff."""
    await session.execute(_REGISTER, {"person_id": person_id, "revision": 1, **OfficerFields().model_dump()})


async def require(session: AsyncSession, person_id: str) -> Officer:
    """Raises Invalid, naming `officer`, for anybody who is not known to be of the staff."""
    found = await session.get(Officer, person_id)
    if found is None:
        remedy = "name one of GET /officers; whoever is new there opens the desk once, and is in the list"
        fault = FieldProblem("officer", "is nobody who is known to be of the staff", remedy)
        raise Invalid("Only officers can be given a case; nothing was saved.", [fault])
    return found


async def change(session: AsyncSession, person_id: str, seen: int, fields: OfficerFields) -> OfficerView:
    """One's own profile; revision 0 stands for none. Raises Stale."""
    found = await session.get(Officer, person_id, with_for_update=True)
    etag.require(seen, found.revision if found else 0)
    if found is None:
        await session.execute(_REGISTER, {"person_id": person_id, "revision": 1, **fields.model_dump()})
    else:
        found.sqlmodel_update({**fields.model_dump(), "revision": found.revision + 1})
        await session.flush()
    return await one(session, person_id)


async def one(session: AsyncSession, person_id: str) -> OfficerView:
    """Of somebody who is not there yet, an empty profile with revision 0."""
    row = (await session.execute(_ALL.where(col(Officer.person_id) == person_id))).one_or_none()
    return _view(*row) if row else OfficerView(person_id=person_id, open_cases=0, revision=0)


async def everybody(session: AsyncSession) -> list[OfficerView]:
    return [_view(*row) for row in await session.execute(_ALL)]


def _view(officer: Officer, open_cases: int) -> OfficerView:
    return OfficerView(**officer.model_dump(exclude={"given_at"}), open_cases=open_cases)
