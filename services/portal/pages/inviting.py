"""Inviting somebody by e-mail to act for an entity; sending an invitation again, and withdrawing it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.choices import OF_THE_UN
from services.portal.csrf import Form
from services.portal.language import Language
from services.portal.page import done, language_of, page
from services.portal.pages.members import entity_of, manager_of, path_of
from services.portal.parts import parts_of
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.terms import SINCE, UNTIL, term
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.members import NewInvitation

router = APIRouter(prefix="/members/{entity_id}")

FIELDS = {"role", "address", "language", SINCE, UNTIL}


@router.get("/invite")
async def invite_form(request: Request, entity_id: str, person: SignedIn) -> Response:
    return await _page(request, person, entity_id, FormData(), {})


@router.post("/invite")
async def invite(request: Request, entity_id: str, person: SignedIn, form: Form) -> Response:
    typed, language = Typed.sent(form), language_of(request)
    when = term(typed, parts_of(request).clock.business(), language)
    wrong = _lacking(typed, language) | when.faults
    if wrong:
        return await _page(request, person, entity_id, form, wrong)
    new = NewInvitation(
        role=typed.one("role"),
        address=typed.one("address").strip(" "),
        language=typed.one("language") or language.code,
        since=when.since,
        until=when.until,
    )
    try:
        await person.client.pledges.invite(entity_id, new, key=typed.one(KEY) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among(FIELDS), Words(language))
        return await _page(request, person, entity_id, form, wrong)
    return done(path_of(entity_id), "invited")


def _lacking(typed: Typed, language: Language) -> dict[str, str]:
    wrong = {} if typed.one("address").strip() else {"address": language.gettext("Give the e-mail address.")}
    return wrong if typed.one("role") else wrong | {"role": language.gettext("Choose a role.")}


@router.post("/invitations")
async def again_or_withdraw(entity_id: str, person: SignedIn, form: Form) -> Response:
    """What the buttons beside an open invitation do."""
    invitation_id, key = str(form.get("invitation_id", "")), str(form.get(KEY, "")) or None
    pledges, again = person.client.pledges, form.get("action") == "again"
    try:
        await (pledges.resend_invitation if again else pledges.revoke_invitation)(entity_id, invitation_id, key=key)
    except Conflict:
        return done(path_of(entity_id), "moved-on")
    return done(path_of(entity_id), "invited-again" if again else "invitation-withdrawn")


async def _page(request: Request, person: Person, entity_id: str, form: FormData, wrong: dict[str, str]) -> Response:
    may, words = await manager_of(person, entity_id), Words(language_of(request))
    given: dict[str, Any] = {
        "entity": await entity_of(person, entity_id),
        "roles": may.gives(),
        "tongues": [(tag, words.tongue(tag)) for tag in OF_THE_UN],
        "values": Typed.sent(form),
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "invite.html", 422 if wrong else 200, **given)
