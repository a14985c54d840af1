"""Two requests that are the same one: what a merge would do, the merge, and its undoing."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, Staff
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.desk import REQUESTS
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, among, faults, new_key
from shared.client import Conflict, Refused, Stale
from shared.client.models.desk import Because, Merging

router = APIRouter()

PATH = REQUESTS + "/{request_id}/merge"


@router.get(PATH)
async def merge(request: Request, request_id: UUID, into: UUID, person: Staff) -> Response:
    """Of what stands, nothing changes yet."""
    return await _page(request, person, request_id, into, {})


@router.post(PATH)
async def act(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Merges it into another one, or undoes that. A reason is kept with both."""
    key, seen, reason = (str(form.get(name, "")).strip() for name in (KEY, SEEN, "reason"))
    try:
        if form.get("action") == "undo":
            await person.client.support.unmerge(request_id, Because(reason=reason), seen=seen, key=key or None)
            return done(f"{REQUESTS}/{request_id}", "request-unmerged")
        into = UUID(str(form.get("into", "")))
    except (ValueError, Stale, Refused, Conflict):
        return done(f"{REQUESTS}/{request_id}", "moved-on")
    try:
        wish = Merging(into=into, reason=reason)
        await person.client.support.merge(request_id, wish, seen=seen, key=key or None)
    except Stale:
        return done(f"{REQUESTS}/{request_id}", "moved-on")
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among({"reason"}), Words(language_of(request)))
        return await _page(request, person, request_id, into, wrong)
    return done(f"{REQUESTS}/{request_id}", "request-merged")


async def _page(request: Request, person: Person, request_id: UUID, into: UUID, wrong: dict[str, str]) -> Response:
    found = await person.client.support.get(request_id)
    preview = await person.client.support.preview_merge(request_id, into=into)
    given: dict[str, Any] = {"found": found, "preview": preview, "faults": wrong, "seen": found.etag, "key": new_key()}
    return page(request, "request_merge.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
