"""Reads of campaigns: rows that were counted before, one for each milestone."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notifications.campaigns.lifecycle import Offset
from services.notifications.campaigns.models import Campaign
from services.notifications.campaigns.schemas import (
    CampaignOffset,
    CampaignPage,
    CampaignShown,
    CampaignTotals,
    MailShares,
    Share,
)
from shared.errors import NotFound
from shared.web import pagination

_LATEST = pagination.Order({col(Campaign.starts): str, col(Campaign.milestone): str}, newest_first=True)
_MAILS = tuple(MailShares.model_fields)


async def page(session: AsyncSession, *, limit: int, cursor: str | None) -> CampaignPage:
    """Those that were counted. Raises Invalid for a cursor of another list."""
    query = select(Campaign).where(col(Campaign.measured_at).is_not(None))
    rows, more = await pagination.page(session, query, _LATEST, "campaigns", limit, cursor)
    return CampaignPage(items=[CampaignTotals.model_validate(_totals(one)) for (one,) in rows], next=more)


async def one(session: AsyncSession, milestone: str) -> CampaignShown:
    """Raises NotFound."""
    found = await session.get(Campaign, milestone)
    if found is None or found.measured_at is None:
        raise NotFound("No reminder of such a milestone has been counted; see GET /campaigns for those that have.")
    offsets = [CampaignOffset.counted(Offset.kept(row)) for row in found.offsets or ()]
    return CampaignShown.model_validate(_totals(found) | {"offsets": offsets})


def _totals(found: Campaign) -> dict[str, Any]:
    counted = [Offset.kept(row) for row in found.offsets or ()]
    everything = Offset(0, **{name: sum(getattr(one, name) for one in counted) for name in _MAILS})
    acted, reminded = sum(one.acted for one in counted), sum(one.reminded_last for one in counted)
    return found.model_dump(include={"milestone", "starts", "measured_at", "business_at"}) | {
        "mails": MailShares.of(everything),
        "acted": Share(number=acted, of=reminded, of_what="reminded_pledges"),
    }
