"""Addresses that are written to no more: whose they are and why, for the desk. Staff undo it with a reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import WHOLE_FORM, among, faults
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

ADDRESSES = "/desk/addresses"


@router.get("/desk/addresses")
async def lost(request: Request, person: StaffOrReviewer, lifted: str = "", cursor: str = "") -> Response:
    found = await person.client.notifications.suppressions(lifted=lifted == "yes", cursor=cursor or None)
    entities = sorted({entity for item in found.items for entity in item.entity_ids})
    given: dict[str, Any] = {"items": found.items, "next": found.next, "lifted": lifted == "yes"}
    return page(request, "addresses.html", named=await names(person.client, entities), **given)


@router.get("/desk/addresses/{suppression_id}")
async def address(request: Request, suppression_id: UUID, person: StaffOrReviewer) -> Response:
    return await _page(request, person, suppression_id, FormData(), {})


@router.post("/desk/addresses/{suppression_id}")
async def write_again(request: Request, suppression_id: UUID, person: Staff, form: Form) -> Response:
    """Undoes it: somebody knows that the address works, or that mail is wanted again."""
    language, because = language_of(request), str(form.get("because", "")).strip()
    if not because:
        wrong = {"because": language.gettext("Say how you know that mail will arrive there, and is wanted.")}
        return await _page(request, person, suppression_id, form, wrong)
    try:
        await person.client.notifications.lift(suppression_id, because)
    except Refused as refused:
        return await _page(request, person, suppression_id, form, faults(refused, among({"because"}), Words(language)))
    except Conflict as conflict:
        return await _page(request, person, suppression_id, form, {WHOLE_FORM: str(conflict)})
    return done(f"{ADDRESSES}/{suppression_id}", "address-again")


async def _page(
    request: Request, person: Person, suppression_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    found = await person.client.notifications.suppression(suppression_id)
    given: dict[str, Any] = {
        "item": found,
        "named": await names(person.client, found.entity_ids),
        "may_act": person.session.is_any(NETWORK_STAFF, ADMIN) and found.lifted_at is None,
        "values": Typed.sent(form),
        "faults": wrong,
    }
    return page(request, "address.html", 422 if wrong else 200, **given)
