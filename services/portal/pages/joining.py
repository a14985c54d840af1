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
async def merge(request: Request, request_id: UUID, person: Staff, into: UUID | None = None) -> Response:
    """What merging it into another one would do; of one that is merged, its undoing. Nothing changes yet."""
    return await _page(request, person, request_id, into, {})


@router.post(PATH)
async def act(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Merges it into another one, or undoes that. A reason is kept with both."""
    sent = {name: str(form.get(name, "")).strip() for name in (KEY, SEEN, "reason", "into", "action")}
    given: dict[str, Any] = {"seen": sent[SEEN], "key": sent[KEY] or None}
    into, word = _id(sent["into"]), "moved-on"
    try:
        if sent["action"] == "undo":
            await person.client.support.unmerge(request_id, Because(reason=sent["reason"]), **given)
            word = "request-unmerged"
        elif into:
            await person.client.support.merge(request_id, Merging(into=into, reason=sent["reason"]), **given)
            word = "request-merged"
    except Stale:
        word = "moved-on"
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among({"reason"}), Words(language_of(request)))
        return await _page(request, person, request_id, into, wrong, sent["reason"])
    return done(f"{REQUESTS}/{request_id}", word)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _page(
    request: Request, person: Person, request_id: UUID, into: UUID | None, wrong: dict[str, str], reason: str = ""
) -> Response:
    found = await person.client.support.get(request_id)
    given: dict[str, Any] = {
        "found": found,
        "preview": await person.client.support.preview_merge(request_id, into=into) if into else None,
        "reason": reason,
        "faults": wrong,
        "seen": found.etag,
        "key": new_key(),
    }
    return page(request, "request_merge.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
