"""An officer's own queues: filters that they keep, by a name of theirs."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.portal import officers, queueing
from services.portal.access import Person, Staff
from services.portal.csrf import Form
from services.portal.entering import Unclear
from services.portal.named import find
from services.portal.offering import parted
from services.portal.page import done, language_of, page
from services.portal.pages.board import BOARD, count
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Missing, Refused, Stale
from shared.client.models.desk import CountedQueue, Queue, QueueFields

router = APIRouter()

QUEUES = "/desk/queues"
NEW = "new"


@router.get(QUEUES)
async def own_queues(request: Request, person: Staff) -> Response:
    return await _list(request, person)


@router.post(QUEUES)
async def act(request: Request, person: Staff, form: Form) -> Response:
    """Removes one, or makes the one again that was removed."""
    if form.get("action") == "restore":
        return await _restore(person, form)
    try:
        gone = await person.client.support.remove_queue(str(form.get("queue", "")))
    except Missing:
        return done(QUEUES, "moved-on")
    return await _list(request, person, gone)


async def _restore(person: Person, form: FormData) -> Response:
    try:
        fields = QueueFields.model_validate_json(str(form.get("fields", "")))
        await person.client.support.save_queue(fields, key=str(form.get(KEY, "")) or None)
    except (ValidationError, Refused, Conflict):
        return done(QUEUES, "moved-on")
    return done(QUEUES, "queue-restored")


async def _list(request: Request, person: Person, gone: Queue | None = None) -> Response:
    queues = (await person.client.support.queues()).items
    given: dict[str, Any] = {
        "own": [one for one in queues if one.name is not None],
        "gone": gone,
        "kept": queueing.kept(gone) if gone else "",
        "count": partial(count, language_of(request)),
        "key": new_key(),
    }
    return page(request, "own_queues.html", **given)


@router.get(QUEUES + "/{queue}")
async def form_of(request: Request, queue: str, person: Staff) -> Response:
    """`new`: of one that is to be made."""
    if queue == NEW:
        return await _form(request, person, queue, Typed([("which", "open"), ("order", "due")]))
    found = await _own(person, queue)
    seen = f'"{found.revision}"' if found else ""
    return await _form(request, person, queue, queueing.filled(found), seen=seen) if found else done(QUEUES, "moved-on")


async def _own(person: Person, queue: str) -> CountedQueue | None:
    every = (await person.client.support.queues()).items
    return next((one for one in every if one.queue == queue and one.name is not None), None)


@router.post(QUEUES + "/{queue}")
async def keep(request: Request, queue: str, person: Staff, form: Form) -> Response:
    """Makes it, or changes it; then shows what it has."""
    typed, seen = Typed.sent(form), str(form.get(SEEN, ""))
    language = language_of(request)
    try:
        named = [await find(person.client, one, language) for one in parted(typed.one("entity"))[:20]]
    except Unclear as fault:
        return await _form(request, person, queue, typed, {"entity": str(fault)}, seen=seen)
    if not typed.one("name").strip():
        return await _form(request, person, queue, typed, {"name": language.gettext("Give it a name.")}, seen=seen)
    try:
        made = await _sent(person, queue, queueing.meant(typed, named), seen, str(form.get(KEY, "")) or None)
    except (Stale, Missing):
        return done(QUEUES, "moved-on")
    except (Refused, Conflict) as refused:
        wrong = faults(refused, queueing.place, Words(language))
        wrong = {"name": wrong[WHOLE_FORM]} if isinstance(refused, Conflict) and WHOLE_FORM in wrong else wrong
        return await _form(request, person, queue, typed, wrong, seen=seen)
    return RedirectResponse(f"{BOARD}/{made.queue}", 303)


async def _sent(person: Person, queue: str, fields: QueueFields, seen: str, key: str | None) -> Queue:
    support = person.client.support
    if queue == NEW:
        return await support.save_queue(fields, key=key)
    return await support.change_queue(queue, fields, seen=seen)


async def _form(
    request: Request, person: Person, queue: str, typed: Typed, wrong: dict[str, str] | None = None, *, seen: str = ""
) -> Response:
    language = language_of(request)
    able = await officers.choices(person, language)
    given: dict[str, Any] = {
        "queue": queue,
        "values": typed,
        "faults": wrong or {},
        "seen": seen,
        "key": new_key(),
        "choices": queueing.choices(language),
        "officers": [("me", language.gettext("Me")), ("nobody", language.gettext("Nobody")), *able[1:]],
    }
    return page(request, "own_queue.html", 422 if wrong else 200, **given)
