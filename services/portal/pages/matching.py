"""Matching on a request: what is suggested and why, what is proposed, one reply from several offers, and letting go."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.portal import fitting
from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.offers import Dropping, Match, Matching, Proposing, Releasing, ReplyDraft
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

REQUESTS = "/desk/requests"
PROPOSING = {"accepted", "matching", "matched", "delivering"}
RELEASING = {"matched", "delivering"}
MATCHING = {"matching", *RELEASING}
FIELDS = {"reply", "despite"}


def path_of(request_id: UUID) -> str:
    return f"{REQUESTS}/{request_id}/matching"


@router.get("/desk/requests/{request_id}/matching")
async def matching(request: Request, request_id: UUID, person: StaffOrReviewer) -> Response:
    return await _page(request, person, request_id, {})


@router.post("/desk/requests/{request_id}/matching")
async def act(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Proposes an offer, drops a proposal, or lets go of a match."""
    match_id, reason = (str(form.get(name, "")).strip() for name in ("match_id", "reason"))
    if form.get("action") == "release" and not reason:
        wrong = {f"reason-{match_id}": language_of(request).gettext("Say why the match does not hold.")}
        return await _page(request, person, request_id, wrong)
    try:
        word = await _taken(person, request_id, form)
    except (Stale, ValidationError):  # somebody was faster; no form of ours
        word = "moved-on"
    except (Refused, Conflict) as refused:
        return await _page(request, person, request_id, {WHOLE_FORM: str(refused)})
    return done(path_of(request_id), word)


async def _taken(person: Person, request_id: UUID, form: FormData) -> str:
    """Takes the step that the form asks for. Returns a key of acts.DONE."""
    support, sent = person.client.support, {name: str(value).strip() for name, value in form.items()}
    key, match_id = sent.get(KEY) or None, sent.get("match_id", "")
    match sent.get("action"):
        case "propose":
            await support.propose(request_id, Proposing.model_validate(sent), key=key)
            return "offer-proposed"
        case "drop":
            await support.drop_proposal(request_id, match_id, Dropping(), key=key)
            return "proposal-dropped"
        case "release":
            releasing = Releasing(reason=sent["reason"])
            await support.release(request_id, match_id, releasing, seen=sent.get(SEEN, ""), key=key)
            return "match-released"
    return "moved-on"


async def _page(request: Request, person: Person, request_id: UUID, wrong: dict[str, str]) -> Response:
    support, language = person.client.support, language_of(request)
    found, matches, suggested = await asyncio.gather(
        support.get(request_id), support.matches(request_id), support.suggestions(request_id)
    )
    present = {one.offer_id for one in matches.items if one.state in {"proposed", "matched"}}
    may_act = person.session.is_any(NETWORK_STAFF, ADMIN)
    suggestions = [one for one in suggested.items if one.offer.offer_id not in present]
    entities = (
        {found.entity_id} | {one.entity_id for one in matches.items} | {one.offer.entity_id for one in suggestions}
    )
    proposed = _in(matches.items, "proposed")
    given: dict[str, Any] = {
        "found": found,
        "proposed": proposed,
        "options": [(str(one.offer_id), one.title) for one in proposed],
        "matched": _in(matches.items, "matched"),
        "ended": _in(matches.items, "released", "delivered", "dropped"),
        "suggestions": suggestions,
        "may_propose": may_act and found.state in PROPOSING,
        "may_match": may_act and found.state in MATCHING,
        "may_release": may_act and found.state in RELEASING,
        "givers": await names(person.client, sorted(one for one in entities if one)),
        "fitting": fitting,
        "faults": wrong,
        "seen": found.etag,
        "key": new_key(),
    }
    return page(request, "matching.html", 422 if wrong else 200, words=Words(language), **given)


def _in(matches: Sequence[Match], *states: str) -> list[Match]:
    return [one for one in matches if one.state in states]


@router.get("/desk/requests/{request_id}/reply")
async def reply(
    request: Request, request_id: UUID, person: Staff, offer: Annotated[list[UUID] | None, Query()] = None
) -> Response:
    """The text for the requester, put together from the offers that were chosen, to be changed and sent."""
    if not offer:
        says = language_of(request).gettext("Choose at least one of the offers that are proposed.")
        return await _page(request, person, request_id, {"offer": says})
    draft = await person.client.support.reply_draft(request_id, [str(one) for one in offer])
    values = Typed([("reply", draft.text), *(("offer", str(one)) for one in offer)])
    return await _reply(request, person, request_id, values, draft, {})


@router.post("/desk/requests/{request_id}/reply")
async def match(request: Request, request_id: UUID, person: Staff, form: Form) -> Response:
    """Matches the offers and sends the text; or puts it together anew, when another choice was made."""
    values, offers = Typed.sent(form), [str(one) for one in form.getlist("offer")]
    draft = await person.client.support.reply_draft(request_id, offers)
    wrong, seen = _lacking(request, values, draft), values.one(SEEN)
    if not wrong:
        wish = Matching(
            offer_ids=[UUID(one) for one in offers],
            reply=values.one("reply"),
            despite=values.one("despite").strip() or None,
        )
        try:
            await person.client.support.match(request_id, wish, seen=seen, key=values.one(KEY) or None)
            return done(path_of(request_id), "offers-matched")
        except Stale:
            says = language_of(request).gettext(
                "Somebody else has taken a step since you opened this page. Look at the request, then send it again."
            )
            wrong, seen = {WHOLE_FORM: says}, ""
        except (Refused, Conflict) as refused:
            wrong = faults(refused, among(FIELDS), Words(language_of(request)))
    return await _reply(request, person, request_id, values, draft, wrong, seen)


def _lacking(request: Request, values: Typed, draft: ReplyDraft) -> dict[str, str]:
    language, wrong = language_of(request), {}
    if not values.one("reply").strip():
        wrong["reply"] = language.gettext("Write what the requester is told.")
    if draft.conflicts and not values.one("despite").strip():
        wrong["despite"] = language.gettext("Say why it is matched all the same, or go back and leave that offer away.")
    return wrong


async def _reply(
    request: Request,
    person: Person,
    request_id: UUID,
    values: Typed,
    draft: ReplyDraft,
    wrong: dict[str, str],
    seen: str = "",
) -> Response:
    """`seen`: the ETag that the officer saw; empty: what is there now."""
    support = person.client.support
    chosen = values.all("offer")
    found, offers = await asyncio.gather(
        support.get(request_id), asyncio.gather(*(support.offer(one) for one in chosen))
    )
    given: dict[str, Any] = {
        "found": found,
        "offers": offers,
        "draft": draft,
        "values": values,
        "givers": await names(
            person.client, sorted({found.entity_id, *(one.entity_id for one in offers if one.entity_id)})
        ),
        "faults": wrong,
        "seen": seen or found.etag,
        "key": new_key(),
    }
    return page(request, "match_reply.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
