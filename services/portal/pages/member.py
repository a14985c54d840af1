"""One membership: ending it, and giving the same person another role beside."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.members import all_members, chosen, entity_of, handovers, manager_of, path_of
from services.portal.parts import parts_of
from services.portal.people import FOCAL_POINT, Rights, free, state
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.terms import SINCE, UNTIL, last_day, term
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.entities import Member, NewMembership

router = APIRouter(prefix="/members/{entity_id}/people")


@router.get("/{membership_id}")
async def member(request: Request, entity_id: str, membership_id: UUID, person: SignedIn) -> Response:
    return await _page(request, person, entity_id, membership_id, FormData(), {})


@router.post("/{membership_id}")
async def change(request: Request, entity_id: str, membership_id: UUID, person: SignedIn, form: Form) -> Response:
    key = str(form.get(KEY, "")) or None
    if form.get("action") == "give":
        return await _give(request, person, entity_id, membership_id, form)
    try:
        await person.client.pledges.end_membership(entity_id, membership_id, key=key)
    except Conflict:
        return done(path_of(entity_id), "moved-on")
    return done(path_of(entity_id), "membership-ended")


async def _give(request: Request, person: Person, entity_id: str, membership_id: UUID, form: FormData) -> Response:
    language, role = language_of(request), str(form.get("role", ""))
    whom = chosen(await all_members(person, entity_id), membership_id)
    when = term(Typed.sent(form), parts_of(request).clock.business(), language)
    wrong = when.faults | ({} if role else {"role": language.gettext("Choose a role.")})
    if wrong:
        return await _page(request, person, entity_id, membership_id, form, wrong)
    new = NewMembership(person_id=whom.person_id, role=role, since=when.since, until=when.until, machine=whom.machine)
    try:
        await person.client.pledges.give_membership(entity_id, new, key=str(form.get(KEY, "")) or None)
    except (Refused, Conflict) as refused:
        wrong = faults(refused, among({"role", SINCE, UNTIL}), Words(language))
        return await _page(request, person, entity_id, membership_id, form, wrong)
    return done(path_of(entity_id), "membership-given")


async def _page(
    request: Request, person: Person, entity_id: str, membership_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    may, entity = await manager_of(person, entity_id), await entity_of(person, entity_id)
    members, now = await all_members(person, entity_id), parts_of(request).clock.business()
    whom = chosen(members, membership_id)
    acting = [one for one in members if state(one, now) == "now"]
    given: dict[str, Any] = {
        "entity": entity,
        "may": may,
        "member": whom,
        "state": state(whom, now),
        "last_focal_point": [one for one in acting if one.role == FOCAL_POINT] == [whom],
        "hands_over": may.hands_over(whom) and free(whom, await handovers(person, entity_id)),
        "roles": _other_roles(may, whom),
        "values": Typed.sent(form),
        "faults": wrong,
        "last_day": last_day,
        "key": new_key(),
    }
    return page(request, "member.html", 422 if wrong else 200, words=Words(language_of(request)), **given)


def _other_roles(may: Rights, member: Member) -> list[str]:
    """Machines are let act by staff alone, and none is a focal point."""
    if member.machine and not may.is_staff:
        return []
    return [role for role in may.gives() if role != member.role and not (member.machine and role == FOCAL_POINT)]
