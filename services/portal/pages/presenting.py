"""Presenting a pledge at a review: an entity asks for a slot, and withdraws at any time."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.calendar import ahead
from services.portal.choices import OF_THE_UN
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.mine import memberships, path_of, writes_for
from services.portal.parts import parts_of
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import WorkingCopy
from shared.client.models.reviews import Presentation, Wish

router = APIRouter()

FIELDS = {"language", "milestone"}


@router.get("/my/pledges/{pledge_id}/present")
async def present_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _page(request, person, pledge_id, FormData(), {})


@router.post("/my/pledges/{pledge_id}/present")
async def present(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    if form.get("action") == "withdraw":
        return await _withdraw(person, pledge_id, form)
    milestone, language = str(form.get("milestone", "")), language_of(request)
    if not milestone:
        wrong = {"milestone": language.gettext("Choose where you would like to present it.")}
        return await _page(request, person, pledge_id, form, wrong)
    wish = Wish(pledge_id=pledge_id, language=str(form.get("language", "")))
    try:
        await person.client.pledges.ask_to_present(milestone, wish, key=str(form.get(KEY, "")) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among(FIELDS), Words(language))
        return await _page(request, person, pledge_id, form, wrong)
    return done(f"{path_of(pledge_id)}/present", "slot-asked")


async def _withdraw(person: Person, pledge_id: UUID, form: FormData) -> Response:
    wish, seen, key = (str(form.get(name, "")) for name in ("presentation_id", SEEN, KEY))
    try:
        await person.client.pledges.withdraw_presentation(wish, seen=seen, key=key or None)
    except (Stale, Conflict):
        return done(f"{path_of(pledge_id)}/present", "moved-on")
    return done(f"{path_of(pledge_id)}/present", "slot-withdrawn")


async def _page(request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]) -> Response:
    pledges = person.client.pledges
    copy, held, cycles = await asyncio.gather(pledges.working_copy(pledge_id), memberships(person), pledges.reviews())
    words = Words(language_of(request))
    every = {one.code: one for cycle in cycles.items for one in cycle.milestones}
    given: dict[str, Any] = {
        "copy": copy,
        "may_write": copy.entity.entity_id in dict(writes_for(held)),
        "wishes": await _wishes(person, copy),
        "milestones": every,
        "ahead": ahead(cycles.items, parts_of(request).clock.business().date()),
        "tongues": [(code, words.tongue(code)) for code in OF_THE_UN],
        "values": Typed.sent(form),
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "present.html", 422 if wrong else 200, words=words, **given)


async def _wishes(person: Person, copy: WorkingCopy) -> list[Presentation]:
    """Those of this pledge, the newest first."""
    found = person.client.pledges.presentations(entity=copy.entity.entity_id, limit=100)
    return [one async for one in found if one.pledge_id == copy.pledge_id][::-1]
