"""Handing a focal point's place over: to whom and when, what that moves, and then doing it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.members import all_members, chosen, entity_of, manager_of, path_of
from services.portal.parts import parts_of
from services.portal.people import Rights, state, successors
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.terms import SINCE, term
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.entities import Member
from shared.client.models.members import NewHandover
from shared.errors import NotFound

router = APIRouter(prefix="/members/{entity_id}")


@router.get("/people/{membership_id}/handover")
async def handover_form(request: Request, entity_id: str, membership_id: UUID, person: SignedIn) -> Response:
    return await _page(request, person, entity_id, membership_id, FormData(), {})


@router.post("/people/{membership_id}/handover")
async def hand_over(request: Request, entity_id: str, membership_id: UUID, person: SignedIn, form: Form) -> Response:
    """Says first what would move; only the form of that page does it."""
    typed, language = Typed.sent(form), language_of(request)
    when = term(typed, parts_of(request).clock.business(), language)
    wrong = dict(when.faults)
    if not typed.one("successor"):
        wrong["successor"] = language.gettext("Choose who takes the place.")
    if wrong or form.get("action") != "do":
        return await _page(request, person, entity_id, membership_id, form, wrong)
    wish = NewHandover(successor=typed.one("successor"), since=when.since, membership_id=membership_id)
    try:
        await person.client.pledges.hand_over(entity_id, wish, key=typed.one(KEY) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among({"successor", SINCE}), Words(language))
        return await _page(request, person, entity_id, membership_id, form, wrong)
    return done(path_of(entity_id), "handover-planned" if when.since else "handed-over")


@router.post("/handovers/{handover_id}/withdraw")
async def withdraw(entity_id: str, handover_id: UUID, person: SignedIn, form: Form) -> Response:
    """Of a planned one, until it has happened."""
    try:
        await person.client.pledges.withdraw_handover(entity_id, handover_id, key=str(form.get(KEY, "")) or None)
    except Conflict:
        return done(path_of(entity_id), "moved-on")
    return done(path_of(entity_id), "handover-withdrawn")


async def _page(
    request: Request, person: Person, entity_id: str, membership_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    """The form, or with `look` and nothing wrong what it would do."""
    may, entity = await manager_of(person, entity_id), await entity_of(person, entity_id)
    members, now = await all_members(person, entity_id), parts_of(request).clock.business()
    former = _former(may, chosen(members, membership_id), state(chosen(members, membership_id), now))
    able, typed = successors(members, former, now), Typed.sent(form)
    successor = next((one for one in able if one.person_id == typed.one("successor")), None)
    looks = form.get("action") == "look" and not wrong and successor is not None
    given: dict[str, Any] = {
        "entity": entity,
        "own": former.person_id == person.session.person,
        "former": former,
        "able": able,
        "successor": successor if looks else None,
        "since": term(typed, now, language_of(request)).since,
        "values": typed,
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "handover.html", 422 if wrong else 200, **given)


def _former(may: Rights, former: Member, how: str) -> Member:
    """Raises NotFound where there is nothing to hand over, or not by this person."""
    if how == "ended" or not may.hands_over(former):
        raise NotFound("This place is not yours to hand over.")
    return former
