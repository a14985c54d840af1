"""The route of advice. It writes nothing."""

import asyncio
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from services.pledges.advice import smart
from services.pledges.advice.advisor import Judgement, advise
from services.pledges.advice.findings import Found
from services.pledges.advice.messages import say
from services.pledges.advice.schemas import Advice, Asking, Criterion, Finding
from shared.reference.entries import LANGUAGES
from shared.speaking import preferred
from shared.web.app import Using
from shared.web.auth import SIGNED_IN

router = APIRouter()
TAGS: list[str | Enum] = ["pledges: work"]


@router.post("/pledges/advice", tags=TAGS, dependencies=[Depends(SIGNED_IN)], summary="What could be better in it")
async def advice(
    asking: Asking,
    response: Response,
    parts: Using,
    accept_language: Annotated[
        str, Header(description="One of the six UN languages is answered in", max_length=500, examples=["fr"])
    ] = "",
) -> Advice:
    """For a pledge that is being written: SMART, the real form's limits, scope, money, dates, and what a submission
    still lacks. Nothing is saved, and nothing is refused for what is found here.
    """
    language = preferred(accept_language, LANGUAGES)
    found = await asyncio.to_thread(advise, asking, parts.clock.business().date())  # the longest texts take a moment
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    return _said(found, language)


def _said(found: Judgement, language: str) -> Advice:
    return Advice(
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
