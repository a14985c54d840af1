"""An entity's answer to a pledge that another one filed in its name: accepts it, or sends it back with a reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import Content, ProxyAnswering

router = APIRouter()

FIELDS = tuple(Content.model_fields)


@router.get("/my/pledges/{pledge_id}/proxy")
async def proxy_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _page(request, person, pledge_id, {})


@router.post("/my/pledges/{pledge_id}/proxy")
async def answer_proxy(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    said = ProxyAnswering(answer=str(form.get("answer", "")), reason=str(form.get("reason", "")).replace("\r\n", "\n"))
    if said.answer == "refused" and not said.reason.strip():
        wrong = {"reason": language_of(request).gettext("Say what is wrong with the pledge.")}
        return await _page(request, person, pledge_id, wrong, form)
    seen, key = str(form.get(SEEN, "")), str(form.get(KEY, "")) or None
    try:
        await person.client.pledges.answer_proxy(pledge_id, said, seen=seen, key=key)
    except (Stale, Conflict):
        return done("/my/pledges", "moved-on")
    except Refused as refused:
        wrong = faults(refused, among({"answer", "reason"}), Words(language_of(request)))
        return await _page(request, person, pledge_id, wrong, form)
    return done("/my/pledges", f"proxy-{said.answer}")


async def _page(
    request: Request, person: Person, pledge_id: UUID, wrong: dict[str, str], form: FormData | None = None
) -> Response:
    copy, words = await person.client.pledges.working_copy(pledge_id), Words(language_of(request))
    filer = copy.proxy.entity_id if copy.proxy else ""
    given: dict[str, Any] = {
        "copy": copy,
        "words": words,
        "fields": FIELDS,
        "partners": await names(person.client, [*copy.content.partner_entities, *([filer] if filer else [])]),
        "filer": filer,
        "waits": copy.proxy is not None and copy.proxy.answer == "asked",
        "values": Typed.sent(form or FormData()),
        "faults": wrong,
        "seen": copy.etag,
        "key": new_key(),
        "options": words.options("proxy"),
    }
    return page(request, "proxy.html", 422 if wrong else 200, **given)
