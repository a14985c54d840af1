"""The route of unmet demand. Anybody may read it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.network_support.offers.unmet import Counted, UnmetDemand
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import SeenBefore, of_body, unless_known

router = APIRouter(tags=["unmet demand"], dependencies=[Depends(ANYONE)])


async def _counted(request: Request) -> Counted:
    found: Counted = request.app.state.counted
    return found


@router.get("/unmet-demand", response_model=UnmetDemand, summary="Requests that still wait, by objective and region")
async def unmet_demand(
    counted: Annotated[Counted, Depends(_counted)], parts: Using, seen: SeenBefore = None
) -> Response:
    """For anybody. Each figure has its denominator beside it; what is not public counts nowhere."""
    body = await counted.json(parts.database, parts.clock)
    return unless_known(seen, of_body(body), Response(body, media_type="application/json"))
