"""The officers' board: queues, and what waits in each."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.portal import fitting, officers, ticking
from services.portal.access import Person, Staff
from services.portal.csrf import Form
from services.portal.language import Language
from services.portal.page import language_of, page, with_script
from services.portal.parts import parts_of
from services.portal.phrases import Words
from services.portal.problems import KEY, new_key
from shared.client import Refused
from shared.client.models.desk import (
    Assigned,
    BulkAssignment,
    BulkUndo,
    BulkUndone,
    CaseLine,
    CountedQueue,
    Picked,
)

router = APIRouter()

BOARD, FIRST = "/desk/board", "new"
REGIONAL = "unassigned_"


def name(language: Language, queue: str, own: str | None) -> str:
    """What a queue is called: an officer's own by their name for it."""
    if own is not None:
        return own
    if queue.startswith(REGIONAL):
        region = queue.removeprefix(REGIONAL)
        place = language.gettext("no region") if region == "none" else fitting.place(language, f"region_{region}")
        return language.gettext("Nobody has it: {region}").format(region=place)
    return language.word("queue", queue)


def count(language: Language, queue: CountedQueue) -> str:
    """How much a queue has: "7", or "99+"."""
    return language.number(queue.count) + ("+" if queue.more else "")


def named(language: Language, case: CaseLine) -> str:
    """What a case is, in a few words."""
    return language.word("help", case.type) if case.type else language.word("case_kind", case.kind)


@router.get(BOARD)
async def board(_: Staff) -> Response:
    return RedirectResponse(f"{BOARD}/{FIRST}", 303)


@router.get(BOARD + "/{queue}")
async def queue(request: Request, queue: str, person: Staff, cursor: str = "") -> Response:
    return await _page(request, person, queue, cursor=cursor)


@router.post(BOARD + "/{queue}")
async def assign(request: Request, queue: str, person: Staff, form: Form) -> Response:
    """Gives those that are ticked to an officer, or undoes that; what became of each is said by itself."""
    language = language_of(request)
    picked, officer = _picked(form), str(form.get("officer", ""))
    if form.get("action") == "undo" and picked:
        done = await person.client.support.undo_assignment(BulkUndo(cases=picked), key=str(form.get(KEY, "")) or None)
        return await _page(request, person, queue, undone=done)
    if not picked or not officer:
        says = language.gettext("Tick at least one, and choose who gets it.")
        return await _page(request, person, queue, faults={"case": says})
    wish = BulkAssignment(officer=officer, cases=picked)
    try:
        found = await person.client.support.assign_many(wish, key=str(form.get(KEY, "")) or None)
    except Refused as refused:
        return await _page(request, person, queue, faults={"officer": str(refused)})
    return await _page(request, person, queue, outcomes=found.items)


def _picked(form: FormData) -> list[Picked]:
    """A tick is "id revision"; what is neither is no tick of ours."""
    found = []
    for value in form.getlist("case"):
        case_id, _, revision = str(value).partition(" ")
        with suppress(ValidationError):
            found.append(Picked.model_validate({"case_id": case_id, "revision": revision}))
    return found


async def _page(
    request: Request,
    person: Person,
    queue: str,
    *,
    cursor: str = "",
    faults: dict[str, str] | None = None,
    outcomes: Sequence[Assigned] = (),
    undone: BulkUndone | None = None,
) -> Response:
    support, language = person.client.support, language_of(request)
    position = (await support.board()).position  # before what is shown: what changes after it is told
    queues, cases, able = await asyncio.gather(
        support.queues(), support.queue(queue, cursor=cursor or None), officers.choices(person, language)
    )
    now = parts_of(request).clock.business()
    present = next((one for one in queues.items if one.queue == queue), None)
    given: dict[str, Any] = {
        "queues": [
            (one, name(language, one.queue, one.name))
            for one in queues.items
            if one.count or one.queue == queue or not one.queue.startswith(REGIONAL)
        ],
        "queue": queue,
        "title": name(language, queue, present.name if present else None),
        "cases": [(one, named(language, one), ticking.line(language, one.due_at, now)) for one in cases.items],
        "next": cases.next,
        "officers": able,
        "names": await officers.names(person, (one.officer for one in cases.items)),
        "given": sum(one.outcome == "assigned" for one in outcomes),
        "not_given": [one for one in outcomes if one.outcome != "assigned"],
        "outcomes": outcomes,
        "undone": undone,
        "not_undone": [one for one in undone.items if one.outcome != "undone"] if undone else [],
        "count": partial(count, language),
        "position": position,
        "faults": faults or {},
        "key": new_key(),
    }
    shown = page(request, "board.html", 422 if faults else 200, words=Words(language), **given)
    return with_script(request, shown)
