"""Offers of help: those of one's own entity, and all of them on the Network's desk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal import fitting, offering
from services.portal.access import Person, SignedIn, Staff, StaffOrReviewer
from services.portal.choices import OF_THE_UN, Choices
from services.portal.csrf import Form
from services.portal.entering import Unclear
from services.portal.named import MOST, find, names
from services.portal.page import done, language_of, page
from services.portal.pages.mine import memberships, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from services.portal.words import WORDS
from shared.client import Conflict, Refused, Stale
from shared.client.models.offers import Offer, Offering, Returning, Withdrawing
from shared.reference import catalogue
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

DESK, MINE = "/desk/offers", "/my/offers"
ALL = "all"


@router.get(DESK)
async def offers(
    request: Request, person: StaffOrReviewer, state: str = "", kind: str = "", objective: str = "", cursor: str = ""
) -> Response:
    """Those that can be matched now, unless the filter says otherwise."""
    filters = {
        "state": state if state in {*WORDS["offer_state"], ALL} else "",
        "kind": kind if kind in WORDS["offer_kind"] else "",
        "objective": objective if objective in catalogue.OBJECTIVES else "",
    }
    found = await person.client.support.offers(
        state=filters["state"] if filters["state"] not in {"", ALL} else None,
        matchable="yes" if not filters["state"] else None,
        kind=filters["kind"] or None,
        objective=filters["objective"] or None,
        cursor=cursor or None,
    )
    waiting = await person.client.support.offers(state="submitted", limit=100)
    more = {"filters": filters, "waiting": len(waiting.items), "may_add": _is_staff(person)}
    return await _list(request, person, DESK, found.items, found.next, **more)


@router.get(MINE)
async def my_offers(request: Request, person: SignedIn, cursor: str = "") -> Response:
    found = await person.client.support.my_offers(cursor=cursor or None)
    held = await memberships(person)
    more = {"filters": {}, "waiting": 0, "may_add": bool(writes_for(held))}
    return await _list(request, person, MINE, found.items, found.next, **more)


async def _list(
    request: Request, person: Person, base: str, items: Sequence[Offer], following: str | None, **more: Any
) -> Response:
    language = language_of(request)
    given = {"base": base, "items": items, "next": following, "choices": Choices(language), **more}
    givers = await names(person.client, sorted({one.entity_id for one in items if one.entity_id}))
    return page(request, "offers.html", words=Words(language), givers=givers, **given)


def _is_staff(person: Person) -> bool:
    return person.session.is_any(NETWORK_STAFF, ADMIN)


@router.get(DESK + "/new")
async def new_offer(request: Request, person: Staff) -> Response:
    return await _form(request, person, DESK, _blank(request), {})


@router.get(MINE + "/new")
async def my_new_offer(request: Request, person: SignedIn) -> Response:
    return await _form(request, person, MINE, _blank(request), {})


def _blank(request: Request) -> Typed:
    code = language_of(request).code
    return Typed([("language", code), ("languages", code)])


@router.post(DESK + "/new")
async def make_offer(request: Request, person: Staff, form: Form) -> Response:
    return await _make(request, person, DESK, form)


@router.post(MINE + "/new")
async def make_my_offer(request: Request, person: SignedIn, form: Form) -> Response:
    return await _make(request, person, MINE, form)


async def _make(request: Request, person: Person, base: str, form: FormData) -> Response:
    typed = Typed.sent(form)
    meant = await _meant(request, person, typed)
    if base == MINE and not typed.one("entity_id"):
        meant.faults["entity_id"] = language_of(request).gettext("Choose for whom you offer it.")
    if meant.faults:
        return await _form(request, person, base, typed, meant.faults)
    entity = typed.one("entity_id") if base == MINE else None
    wish = Offering.model_construct(**dict(meant.content), entity_id=entity)
    try:
        made = await person.client.support.make_offer(wish, key=typed.one(KEY) or None)
    except (Refused, Conflict) as refused:
        return await _form(request, person, base, typed, _wrong(request, refused))
    return done(f"{base}/{made.offer_id}", "offer-made" if base == MINE else "offer-recorded")


async def _meant(request: Request, person: Person, typed: Typed) -> offering.Meaning:
    """What the form means; entities may be named by their names."""
    language = language_of(request)
    meant = offering.meaning(typed, language)
    try:
        found = [await find(person.client, one, language) for one in meant.content.conflicts_with[:MOST]]
        meant.content.conflicts_with = found
    except Unclear as fault:
        meant.faults["conflicts_with"] = str(fault)
    return meant


def _wrong(request: Request, refused: Refused | Conflict) -> dict[str, str]:
    return faults(refused, offering.place, Words(language_of(request)))


@router.get(DESK + "/{offer_id}/edit")
async def edit_form(request: Request, offer_id: UUID, person: Staff) -> Response:
    return await _editing(request, person, DESK, offer_id)


@router.get(MINE + "/{offer_id}/edit")
async def my_edit_form(request: Request, offer_id: UUID, person: SignedIn) -> Response:
    return await _editing(request, person, MINE, offer_id)


async def _editing(request: Request, person: Person, base: str, offer_id: UUID) -> Response:
    offer = await person.client.support.offer(offer_id)
    return await _form(request, person, base, offering.filled(offer), {}, offer)


@router.post(DESK + "/{offer_id}/edit")
async def edit_offer(request: Request, offer_id: UUID, person: Staff, form: Form) -> Response:
    return await _edit(request, person, DESK, offer_id, form)


@router.post(MINE + "/{offer_id}/edit")
async def edit_my_offer(request: Request, offer_id: UUID, person: SignedIn, form: Form) -> Response:
    return await _edit(request, person, MINE, offer_id, form)


async def _edit(request: Request, person: Person, base: str, offer_id: UUID, form: FormData) -> Response:
    """What was typed stays on the page, also when somebody else has saved since."""
    typed, language = Typed.sent(form), language_of(request)
    meant, seen = await _meant(request, person, typed), typed.one(SEEN)
    wrong = meant.faults
    if not wrong:
        try:
            await person.client.support.edit_offer(offer_id, meant.content, seen=seen)
            return done(f"{base}/{offer_id}", "offer-resubmitted" if base == MINE else "saved")
        except Stale:
            says = language.gettext(
                "Somebody else has saved this offer since you opened it. Look at it, then save yours again or leave."
            )
            wrong = {WHOLE_FORM: says}
            seen = ""
        except (Refused, Conflict) as refused:
            wrong = _wrong(request, refused)
    return await _form(request, person, base, typed, wrong, await person.client.support.offer(offer_id), seen=seen)


async def _form(
    request: Request,
    person: Person,
    base: str,
    values: Typed,
    wrong: dict[str, str],
    offer: Offer | None = None,
    *,
    seen: str = "",
) -> Response:
    """`seen`: the ETag that the form was filled from; empty: what is there now."""
    language = language_of(request)
    words = Words(language)
    first, exact = fitting.places(language)
    held = await memberships(person) if base == MINE and offer is None else []
    given: dict[str, Any] = {
        "base": base,
        "offer": offer,
        "entities": writes_for(held),
        "values": values,
        "faults": wrong,
        "choices": Choices(language),
        "tongues": [(code, words.tongue(code)) for code in OF_THE_UN],
        "places": first,
        "more_places": exact,
        "seen": seen or (offer.etag if offer else ""),
        "key": new_key(),
    }
    return page(request, "offer_form.html", 422 if wrong else 200, words=words, **given)


@router.get(DESK + "/{offer_id}")
async def offer(request: Request, offer_id: UUID, person: StaffOrReviewer) -> Response:
    return await _show(request, person, DESK, offer_id, {}, may_act=_is_staff(person))


@router.get(MINE + "/{offer_id}")
async def my_offer(request: Request, offer_id: UUID, person: SignedIn) -> Response:
    return await _show(request, person, MINE, offer_id, {})


@router.post(DESK + "/{offer_id}")
async def act(request: Request, offer_id: UUID, person: Staff, form: Form) -> Response:
    return await _act(request, person, DESK, offer_id, form)


@router.post(MINE + "/{offer_id}")
async def act_on_mine(request: Request, offer_id: UUID, person: SignedIn, form: Form) -> Response:
    return await _act(request, person, MINE, offer_id, form)


async def _act(request: Request, person: Person, base: str, offer_id: UUID, form: FormData) -> Response:
    """Finds it complete or says what is missing; withdraws it, or undoes that."""
    support, path = person.client.support, f"{base}/{offer_id}"
    seen, key, reason = (str(form.get(name, "")).strip() for name in (SEEN, KEY, "reason"))
    sent: dict[str, Any] = {"seen": seen, "key": key or None}
    try:
        match form.get("action"):
            case "accept":
                await support.accept_offer(offer_id, **sent)
                return done(path, "offer-accepted")
            case "return" if not reason:
                wrong = {"reason": language_of(request).gettext("Say what is missing.")}
                return await _show(request, person, base, offer_id, wrong, may_act=True)
            case "return":
                await support.return_offer(offer_id, Returning(reason=reason), **sent)
                return done(path, "offer-returned")
            case "withdraw":
                await support.withdraw_offer(offer_id, Withdrawing(reason=reason or None), **sent)
                return done(path, "offer-withdrawn")
            case "restore":
                await support.restore_offer(offer_id, **sent)
                return done(path, "offer-restored")
    except (Stale, Conflict):
        pass
    return done(path, "moved-on")


async def _show(
    request: Request,
    person: Person,
    base: str,
    offer_id: UUID,
    wrong: dict[str, str],
    *,
    may_act: bool | None = None,
) -> Response:
    language = language_of(request)
    found = await person.client.support.offer(offer_id)
    history = (await person.client.support.offer_history(offer_id)).items
    if may_act is None:
        may_act = found.entity_id in dict(writes_for(await memberships(person)))
    given: dict[str, Any] = {
        "base": base,
        "found": found,
        "history": history[::-1],
        "may_act": may_act,
        "places": [fitting.place(language, code) for code in found.places],
        "named": await names(person.client, [code for code in (found.entity_id, *found.conflicts_with) if code]),
        "faults": wrong,
        "seen": found.etag,
        "key": new_key(),
    }
    return page(request, "offer.html", 422 if wrong else 200, words=Words(language), **given)
