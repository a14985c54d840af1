"""The route of advice. It writes nothing."""

import asyncio
from datetime import datetime
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.pledges.advice import smart
from services.pledges.advice.advisor import Judgement, advise
from services.pledges.advice.findings import Found
from services.pledges.advice.messages import say
from services.pledges.advice.schemas import Advice, Asking, Criterion, Finding
from services.pledges.advice.wording import InLanguage, spoken
from services.pledges.duplicates import queries
from services.pledges.duplicates.queries import Asked
from services.pledges.duplicates.schemas import Candidate
from services.pledges.entities.authority import find_standing
from services.pledges.reviews import cycles
from shared.web.app import Using
from shared.web.auth import SIGNED_IN, Actor

router = APIRouter()
TAGS: list[str | Enum] = ["pledges: work"]


@router.post("/pledges/advice", tags=TAGS, summary="What could be better in it, and what it may be the same as")
async def advice(
    asking: Asking, response: Response, parts: Using, actor: Annotated[Actor, Depends(SIGNED_IN)], language: InLanguage
) -> Advice:
    """For a pledge that is being written: SMART, the real form's limits, scope, money, dates, what a submission still
    lacks, and pledges that may be the same. Nothing is saved, and nothing is refused for what is found here.

    What the entity has not published is among the duplicates for its own people, staff and reviewers only.
    """
    now = parts.clock.business()
    found = await asyncio.to_thread(advise, asking, now.date())  # the longest texts take a moment
    async with parts.database.transaction() as session:
        await cycles.require(session, {"review_cycle": asking.review_cycle})
        alike = await _alike(session, asking, actor, now, language)
    response.headers.update(spoken(language))
    return _said(found, alike, language)


async def _alike(session: AsyncSession, asking: Asking, actor: Actor, now: datetime, language: str) -> list[Candidate]:
    """None for a pledge of nobody."""
    if asking.entity_id is None:
        return []
    who = await find_standing(session, actor, asking.entity_id, now)
    asked = Asked(asking.entity_id, asking, asking.pledge_id, insider=who is not None and who.may_read)
    return await queries.candidates(session, asked, language)


def _said(found: Judgement, alike: list[Candidate], language: str) -> Advice:
    return Advice(
        duplicates=alike,
        language=language,
        read_as=found.language,
        smart=[_criterion(one, language) for one in found.smart],
        findings=[_finding(one, language) for one in found.findings],
    )


def _criterion(one: smart.Criterion, language: str) -> Criterion:
    suggestion = say(one.suggestion.code, one.suggestion.values, language) if one.suggestion else None
    reasons = [_finding(reason, language) for reason in one.reasons]
    return Criterion(criterion=one.name, verdict=one.verdict, reasons=reasons, suggestion=suggestion)


def _finding(one: Found, language: str) -> Finding:
    return Finding(code=one.code, severity=one.severity, field=one.field, text=say(one.code, one.values, language))
