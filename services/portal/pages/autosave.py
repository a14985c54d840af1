"""Saving a draft while somebody types: what static/autosave.js asks for. Without that script nobody does."""

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.portal.access import SignedIn
from services.portal.csrf import Form
from services.portal.page import language_of
from services.portal.pages.draft import EDITABLE, sent
from services.portal.typed import MATCHED, meaning
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import Content

router = APIRouter()

State = Literal["saved", "same", "wrong", "stopped"]


@router.post("/my/pledges/{pledge_id}/autosave")
async def autosave(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    """What differs and can be read, saved as a part. Never against another editor: then it says `stopped`."""
    sheet, _ = sent(form)
    copy = await person.client.pledges.working_copy(pledge_id)
    if copy.state not in EDITABLE or copy.etag != sheet.seen:
        return _said("stopped")
    found = meaning(sheet.typed, copy.content, language_of(request))
    fields = changes(copy.content, found.content, found.faults)
    if not fields:
        return _said("wrong" if found.faults else "same")
    try:
        saved = await person.client.pledges.patch(pledge_id, fields, seen=sheet.seen)
    except (Stale, Conflict):
        return _said("stopped")
    except Refused:
        return _said("wrong")
    return _said("saved", saved.etag)


def changes(before: Content, now: Content, faults: Collection[str]) -> dict[str, Any]:
    """The fields that differ, as JSON, but for those in which something cannot be read yet."""
    unread = {"matches" if place == MATCHED else place.partition(".")[0] for place in faults}
    values = now.model_dump(mode="json")
    differing = (name for name in Content.model_fields if getattr(before, name) != getattr(now, name))
    return {name: values[name] for name in differing if name not in unread}


def _said(state: State, seen: str = "") -> Response:
    return JSONResponse({"state": state, "seen": seen}, headers={"Cache-Control": "no-store"})
