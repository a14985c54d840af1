"""One request for support, for the entity that asked: how it stands, its files, and what its people can do next."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from services.portal.access import Person, SignedIn, signed_in
from services.portal.attached import Again
from services.portal.choices import Choices
from services.portal.csrf import Form, FormWithFile
from services.portal.page import done, language_of, page
from services.portal.pages.files import AROUND, passed_on
from services.portal.pages.mine import memberships, path_of, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.support import Confirmation, Edit, Said
from shared.client.models.support import Request as Asked
from shared.web.limits import LARGEST_FILE

router = APIRouter()

PATH = "/my/pledges/{pledge_id}/support/{request_id}/life"
LARGER = {("POST", "/my/pledges/[^/]+/support/[^/]+/life/files"): LARGEST_FILE + AROUND}
FIELDS = {"type", "text", "language", "reason", "rating", "comment", "lessons"}
RATINGS = ("5", "4", "3", "2", "1")


@router.get(PATH)
async def read(request: Request, request_id: UUID, person: SignedIn) -> Response:
    found = await person.client.support.get(request_id)
    return await _page(request, person, found, _draft(found), {})


@router.post(PATH)
async def act(request: Request, pledge_id: UUID, request_id: UUID, person: SignedIn, form: Form) -> Response:
    """Takes the step that `action` names, as it was seen."""
    action = str(form.get("action"))
    here = f"{path_of(pledge_id)}/support/{request_id}/life"
    if action not in ACTS:
        return done(here, "moved-on")
    try:
        await ACTS[action](person, request_id, form)
    except Stale:
        return done(here, "moved-on")
    except (Refused, Conflict) as refused:
        if isinstance(refused, Conflict) and action != "reopen":  # which says until when it could be
            return done(here, "moved-on")
        wrong = faults(refused, among(FIELDS), Words(language_of(request)))
        return await _page(request, person, await person.client.support.get(request_id), form, wrong)
    return done(f"{path_of(pledge_id)}/support" if action in LEAVING else here, SAYS[action])


@router.post(f"{PATH}/files")
async def attach(request: Request, pledge_id: UUID, request_id: UUID, person: SignedIn, form: FormWithFile) -> Response:
    person = await signed_in(request)  # again: over a slow line a file takes longer than an access token lives
    sent, here = form.get("file"), f"{path_of(pledge_id)}/support/{request_id}/life"
    if not isinstance(sent, UploadFile) or not sent.filename:
        wrong = {"file": language_of(request).gettext("Choose a file.")}
    else:
        try:
            key = str(form.get(KEY)) or None
            await person.client.support.attach(request_id, Again(sent), name=sent.filename, key=key)
            return done(here, "support-file")
        except (Refused, Conflict) as refused:
            wrong = faults(refused, lambda _: "file", Words(language_of(request)))
    found = await person.client.support.get(request_id)
    return await _page(request, person, found, _draft(found), wrong)


@router.get(f"{PATH}/files/{{attachment_id}}")
async def file(request_id: UUID, attachment_id: UUID, person: SignedIn) -> Response:
    return passed_on(await person.client.support.file(request_id, attachment_id))


@router.get(f"{PATH}/lessons")
async def lessons(request_id: UUID, person: SignedIn) -> Response:
    """What others could learn from it, to be saved; nobody is sent it."""
    made = await person.client.support.practice_draft(request_id)
    headers = {"Content-Disposition": f'attachment; filename="practice-{request_id}.json"'}
    return Response(made.model_dump_json(indent=2), media_type="application/json", headers=headers)


def _written(form: FormData, name: str) -> str:
    return str(form.get(name) or "").replace("\r\n", "\n").strip()


def _sent(form: FormData) -> dict[str, Any]:
    return {"seen": str(form.get(SEEN, "")), "key": str(form.get(KEY, "")) or None}


async def _save(person: Person, request_id: UUID, form: FormData) -> Asked:
    before = await person.client.support.get(request_id)
    edit = Edit(
        pledge_id=before.pledge_id,
        type=str(form.get("type") or before.type),
        text=_written(form, "text"),
        language=str(form.get("language") or before.language),
    )
    return await person.client.support.save(request_id, edit, seen=str(form.get(SEEN, "")))


async def _send(person: Person, request_id: UUID, form: FormData) -> Asked:
    """What stands in the form, not what was saved before."""
    saved = await _save(person, request_id, form)
    return await person.client.support.send(request_id, seen=saved.etag, key=_sent(form)["key"])


async def _withdraw(person: Person, request_id: UUID, form: FormData) -> Asked:
    return await person.client.support.withdraw(request_id, **_sent(form))


async def _answer(person: Person, request_id: UUID, form: FormData) -> Asked:
    return await person.client.support.answer(request_id, Said(reason=_written(form, "reason")), **_sent(form))


async def _reopen(person: Person, request_id: UUID, form: FormData) -> Asked:
    return await person.client.support.reopen(request_id, Said(reason=_written(form, "reason")), **_sent(form))


async def _confirm(person: Person, request_id: UUID, form: FormData) -> Asked:
    rating = str(form.get("rating") or "")
    said = Confirmation(
        rating=int(rating) if rating in RATINGS else None,
        comment=_written(form, "comment") or None,
        lessons=_written(form, "lessons") or None,
    )
    return await person.client.support.confirm(request_id, said, **_sent(form))


ACTS: dict[str, Callable[[Person, UUID, FormData], Awaitable[Asked]]] = {
    "save": _save,
    "send": _send,
    "discard": _withdraw,
    "withdraw": _withdraw,
    "answer": _answer,
    "confirm": _confirm,
    "reopen": _reopen,
}
SAYS = {
    "save": "support-saved",
    "send": "support-asked",
    "discard": "support-discarded",
    "withdraw": "support-withdrawn",
    "answer": "support-answered",
    "confirm": "support-confirmed",
    "reopen": "support-reopened",
}
LEAVING = frozenset({"discard", "withdraw"})


def _draft(found: Asked) -> FormData:
    return FormData([("type", found.type), ("text", found.text), ("language", found.language)])


async def _page(request: Request, person: Person, found: Asked, form: FormData, wrong: dict[str, str]) -> Response:
    support = person.client.support
    history, attached, held = await asyncio.gather(
        support.history(found.request_id), support.files(found.request_id), memberships(person)
    )
    language = language_of(request)
    given: dict[str, Any] = {
        "found": found,
        "history": history.items,
        "files": [one for one in attached.items if one.removed_at is None],
        "back": f"{path_of(found.pledge_id)}/support",
        "path": f"{path_of(found.pledge_id)}/support/{found.request_id}/life",
        "may_write": found.entity_id in dict(writes_for(held)),
        "given": any(line.step == "delivered" for line in history.items),
        "values": Typed.sent(form),
        "faults": wrong,
        "choices": Choices(language),
        "ratings": Words(language).options("rating", RATINGS),
        "key": new_key(),
    }
    return page(request, "support_life.html", 422 if wrong else 200, words=Words(language), **given)
