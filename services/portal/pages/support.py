"""Asking the Network for support with a pledge, and what became of it."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.choices import Choices
from services.portal.csrf import Form
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.pages.mine import memberships, path_of, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.offers import Match
from shared.client.models.reports import Update
from shared.client.models.support import Opening

router = APIRouter()

FIELDS = {"type", "text", "language"}
HELPED = {"matched", "delivering", "delivered", "confirmed", "closed"}


@router.get("/my/pledges/{pledge_id}/support")
async def support(request: Request, pledge_id: UUID, person: SignedIn, about: str = "") -> Response:
    """With ?about=3 the form begins with what report 3 says stands in the way; the draft of it is shown if it is there.

    A reminder leads here, too.
    """
    if about and (draft := await _made_from(person, pledge_id, about)):
        return RedirectResponse(f"{path_of(pledge_id)}/support/{draft}/life", 303)
    updates = (await person.client.pledges.updates(pledge_id, limit=20)).items if about else []
    text = next((_stuck(request, one) for one in updates if str(one.number) == about), "")
    return await _page(request, person, pledge_id, FormData([("text", text)]), {})


async def _made_from(person: Person, pledge_id: UUID, about: str) -> UUID | None:
    drafts = person.client.support.mine(state="draft", pledge=pledge_id, limit=100)
    return next((one.request_id for one in (await drafts).items if str(one.from_update) == about), None)


def _stuck(request: Request, update: Update) -> str:
    barriers = [language_of(request).label(code) for code in update.barriers]
    return "\n\n".join(part for part in (update.summary, "; ".join(barriers)) if part)


@router.post("/my/pledges/{pledge_id}/support")
async def ask(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    drafting = form.get("action") == "draft"
    if wrong := _lacking(request, form, drafting=drafting):
        return await _page(request, person, pledge_id, form, wrong)
    copy = await person.client.pledges.working_copy(pledge_id)
    wish = Opening(
        entity_id=copy.entity.entity_id,
        pledge_id=pledge_id,
        type=str(form.get("type")),
        text=str(form.get("text")).replace("\r\n", "\n"),
        language=str(form.get("language") or "en"),
    )
    try:
        key = str(form.get(KEY, "")) or None
        if drafting:
            made = await person.client.support.draft(wish, key=key)
            return done(f"{path_of(pledge_id)}/support/{made.request_id}/life", "support-saved")
        await person.client.support.open(wish, key=key)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among(FIELDS), Words(language_of(request)))
        return await _page(request, person, pledge_id, form, wrong)
    return done(f"{path_of(pledge_id)}/support", "support-asked")


def _lacking(request: Request, form: FormData, *, drafting: bool) -> dict[str, str]:
    language = language_of(request)
    wrong = {}
    if not form.get("type"):
        wrong["type"] = language.gettext("Choose what kind of help you need.")
    if not drafting and not str(form.get("text", "")).strip():
        wrong["text"] = language.gettext("Say in your own words what would help.")
    return wrong


async def _page(request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]) -> Response:
    copy, held, asked = await asyncio.gather(
        person.client.pledges.working_copy(pledge_id),
        memberships(person),
        person.client.support.mine(pledge=pledge_id, limit=100),
    )
    helped = [_matched(person, one.request_id) for one in asked.items if one.state in HELPED]
    offered = dict(await asyncio.gather(*helped))
    givers = {one.entity_id for matches in offered.values() for one in matches if one.entity_id}
    given: dict[str, Any] = {
        "copy": copy,
        "requests": asked.items,
        "offered": offered,
        "givers": await names(person.client, sorted(givers)),
        "may_write": copy.entity.entity_id in dict(writes_for(held)),
        "values": Typed.sent(form),
        "faults": wrong,
        "choices": Choices(language_of(request)),
        "key": new_key(),
    }
    return page(request, "support.html", 422 if wrong else 200, words=Words(language_of(request)), **given)


async def _matched(person: Person, request_id: UUID) -> tuple[UUID, list[Match]]:
    """The offers that are matched to a request now."""
    matches = (await person.client.support.matches(request_id)).items
    return request_id, [one for one in matches if one.state in {"matched", "delivered"}]
