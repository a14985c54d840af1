"""The review cycles that pledges may name: those of the reference data, and those that staff have added.

Cycles of the reference data are known without asking. Any other is asked for once a transaction, however many pledges
of an import name it; a cycle that was added stays.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.pledges.reviews.models import ReviewCycle
from shared.errors import FieldProblem, Invalid
from shared.reference import catalogue

_KNOWN, _OPEN_THEN = "review_cycles", "open_review_cycles"  # what this transaction has asked, in the session
_THERE = select(col(ReviewCycle.code)).where(col(ReviewCycle.code) == any_(bindparam("codes", type_=ARRAY(Text))))
_OPEN = (
    select(col(ReviewCycle.code))
    .where(col(ReviewCycle.opens_at) <= bindparam("now"))
    .order_by(col(ReviewCycle.opens_at).desc(), col(ReviewCycle.code).desc())
    .limit(1)
)
_NAMES = select(col(ReviewCycle.code), col(ReviewCycle.names)["en"].astext.label("name")).order_by(
    col(ReviewCycle.opens_at), col(ReviewCycle.code)
)


async def require(session: AsyncSession, named: Mapping[str, str | None]) -> None:
    """`named`: codes by the field that names them. Raises Invalid, naming each field whose cycle there is not."""
    asked = {field: code for field, code in named.items() if code and code not in catalogue.CYCLES}
    there = await _there(session, set(asked.values()))
    faults = [
        FieldProblem(field, f"names no review cycle: {code}", "use one of those that GET /reviews lists")
        for field, code in asked.items()
        if not there[code]
    ]
    if faults:
        raise Invalid("There is no such review cycle; nothing was saved.", faults)


async def open_at(session: AsyncSession, now: datetime) -> str | None:
    """The cycle that opened last, at `now` (business time, ¶77). None before the first."""
    kept: dict[datetime, str | None] = session.info.setdefault(_OPEN_THEN, {})
    if now not in kept:
        kept[now] = await session.scalar(_OPEN, {"now": now})
    return kept[now]


async def names(session: AsyncSession) -> dict[str, str]:
    """What all cycles are called in English, by code, in their order."""
    return {row.code: row.name for row in await session.execute(_NAMES)}


async def _there(session: AsyncSession, codes: set[str]) -> dict[str, bool]:
    """Of these, and of all that were asked for before."""
    known: dict[str, bool] = session.info.setdefault(_KNOWN, {})
    if new := sorted(codes - known.keys()):
        found = set((await session.execute(_THERE, {"codes": new})).scalars())
        known |= {code: code in found for code in new}
    return known
