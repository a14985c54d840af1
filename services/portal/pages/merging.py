"""Merging a pledge into one that is the same: what it would do, doing it, and undoing it. For staff."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Staff
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, new_key
from shared.client import Conflict, Stale
from shared.client.models.duplicates import Merging

router = APIRouter()
DESK = "/desk/submissions"


@router.get("/desk/merge/{pledge_id}/{into}")
async def preview(request: Request, pledge_id: UUID, into: UUID, person: Staff) -> Response:
    """Both pledges, why they may be the same, and what will be different afterwards."""
    copy = await person.client.pledges.working_copy(pledge_id)
    found = await person.client.pledges.merge_preview(pledge_id, into)
    given: dict[str, Any] = {"found": found, "seen": copy.etag, "key": new_key()}
    return page(request, "merge.html", words=Words(language_of(request)), **given)


@router.post("/desk/merge/{pledge_id}/{into}")
async def merge(pledge_id: UUID, into: UUID, person: Staff, form: Form) -> Response:
    key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
    try:
        await person.client.pledges.merge(pledge_id, Merging(into=into), seen=seen, key=key)
    except (Stale, Conflict):
        return done(f"{DESK}/{pledge_id}", "moved-on")
    return done(f"{DESK}/{pledge_id}", "merged")


@router.post("/desk/unmerge/{pledge_id}")
async def unmerge(pledge_id: UUID, person: Staff, form: Form) -> Response:
    key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
    try:
        await person.client.pledges.unmerge(pledge_id, seen=seen, key=key)
    except (Stale, Conflict):
        return done(f"{DESK}/{pledge_id}", "moved-on")
    return done(f"{DESK}/{pledge_id}", "unmerged")
