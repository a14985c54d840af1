"""What came of the reminders before each milestone: counts, for the desk."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import StaffOrReviewer
from services.portal.language import Language
from services.portal.page import language_of, page
from services.portal.pages.files import passed_on
from shared.client import Client
from shared.client.models.campaigns import Share
from shared.client.models.reviews import Milestone

router = APIRouter()

OF_MAILS = ("waiting", "deferred", "sent", "failed", "suppressed", "dropped", "retried", "bounced", "complained")


@router.get("/desk/campaigns")
async def campaigns(request: Request, person: StaffOrReviewer, cursor: str = "") -> Response:
    found, named = await asyncio.gather(
        person.client.notifications.campaigns(limit=20, cursor=cursor or None), _milestones(person.client)
    )
    return page(request, "campaigns.html", items=found.items, next=found.next, named=named, said=_said(request))


@router.get("/desk/campaigns/{code}")
async def campaign(request: Request, code: str, person: StaffOrReviewer) -> Response:
    found, named = await asyncio.gather(person.client.notifications.campaign(code), _milestones(person.client))
    return page(request, "campaign.html", found=found, named=named, measures=OF_MAILS, said=_said(request))


@router.get("/desk/campaigns/{code}/figures.csv")
async def figures(code: str, person: StaffOrReviewer) -> Response:
    return passed_on(await person.client.notifications.campaign_file(code))


async def _milestones(client: Client) -> Mapping[str, Milestone]:
    cycles = await client.pledges.reviews()
    return {one.code: one for cycle in cycles.items for one in cycle.milestones}


class _Said:
    """How a share is written: nothing of nothing has none."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, share: Share) -> str:
        if not share.of:
            return "–"
        part, all_ = self._language.number(share.number), self._language.number(share.of)
        said = self._language.gettext("%(part)s of %(all)s") % {"part": part, "all": all_}
        return f"{said} ({self._language.percent(Decimal(share.number) / share.of)})"


def _said(request: Request) -> _Said:
    return _Said(language_of(request))
