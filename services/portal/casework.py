"""Beside a request or a work item: who has it, how urgent it is, its clocks and steps, and what officers do with it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from services.portal import officers, ticking
from services.portal.access import Person
from services.portal.language import Language
from services.portal.problems import new_key
from services.portal.typed import Typed
from shared.client.models.desk import Assignment, Because, Case, Prioritised
from shared.client.models.support import Closing, Said
from shared.client.models.support import Request as SupportRequest

REQUEST = "request"
# steps that staff take by a word of their own, and the method of the client; matching has a page of its own
STEPS: Mapping[str, str] = {
    "acknowledged": "acknowledge",
    "triaged": "triage",
    "asked": "ask",
    "accepted": "accept",
    "redirected": "redirect",
    "declined": "decline",
    "matching_begun": "begin_matching",
    "delivery_begun": "begin_delivery",
    "delivered": "deliver",
    "closed": "close",
}
PRIORITIES = ("urgent", "high", "normal", "low")


def reason_of(action: str) -> str:
    """The field with the reason of an act: each form has its own, as only that of a step is for the requester."""
    return f"reason-{action}"


async def panel(
    person: Person,
    language: Language,
    case_id: UUID,
    now: Any,
    *,
    reply: str = "",
    form: FormData | None = None,
) -> dict[str, Any]:
    """What case_panel.html needs. `now` is business time; `reply`: of a saved one that the reason begins with."""
    support = person.client.support
    case, others, steps, able = await asyncio.gather(
        support.case(case_id),
        support.be_here(case_id, opened=True),
        support.case_history(case_id),
        officers.choices(person, language),
    )
    asked = await support.get(case_id) if case.kind == REQUEST else None
    item = await support.work_item(case_id) if asked is None else None
    ids = [case.officer, *(one.person_id for one in others.others_here), *(one.officer for one in steps.items)]
    names = await officers.names(person, [*ids, *(one.person for one in steps.items)])
    values = Typed.sent(form or FormData())
    begun, left_open = await _begun(person, case, reply, values.one(reason_of("step")))
    return {
        "case": case,
        "item": item,
        "asked": asked,
        "here": language.listed([names.get(one.person_id, one.person_id) for one in others.others_here]),
        "case_steps": steps.items,
        "officers": able,
        "officer_names": names,
        "priorities": PRIORITIES,
        "possible": _possible(asked),
        "clocks": [(one.kind, ticking.says(language, one, now)) for one in asked.clocks] if asked else [],
        "replies": [(str(one.reply_id), one.name) for one in (await support.replies()).items] if asked else [],
        "alike": (await support.duplicates_of(case_id)).items if asked and case.is_open else [],
        "begun": begun,
        "left_open": left_open,
        "typed": values,
        "case_seen": case.etag,
        "asked_seen": asked.etag if asked else "",
        "case_key": new_key(),
    }


def _possible(asked: SupportRequest | None) -> list[str]:
    return [step for step in asked.allowed if step in STEPS] if asked else []


async def _begun(person: Person, case: Case, reply: str, typed: str) -> tuple[str, list[str]]:
    """The text to the requester so far, and what the saved reply leaves open."""
    if reply and case.kind == REQUEST:
        filled = await person.client.support.fill_reply(reply, request=case.case_id)
        return filled.text, filled.missing
    return typed, []


async def take(person: Person, case_id: UUID, sent: Mapping[str, str]) -> str:
    """Does what the panel's form asks for. Returns a key of acts.DONE. Raises Refused, Conflict, Stale."""
    support, key = person.client.support, sent.get("key") or None
    given: dict[str, Any] = {"seen": sent.get("seen", ""), "key": key}
    action, word = sent.get("action", ""), "moved-on"
    because = Because(reason=sent.get(reason_of(action), ""))
    match action:
        case "assign":
            await support.assign(case_id, Assignment(officer=sent.get("officer", "")), **given)
            word = "case-given"
        case "rule":
            await support.assign_by_rule(case_id, **given)
            word = "case-given"
        case "hand-back":
            await support.hand_back(case_id, because, **given)
            word = "case-back"
        case "prioritise":
            wish = Prioritised(priority=sent.get("priority", ""), reason=because.reason)
            await support.prioritise(case_id, wish, **given)
            word = "case-prioritised"
        case "done":
            await support.done(case_id, because, **given)
            word = "case-done"
        case "reopen":
            await support.reopen_item(case_id, because, **given)
            word = "case-reopened"
        case "step" if sent.get("step") in STEPS:
            await _step(person, case_id, sent["step"], because.reason, sent.get("asked", ""), key)
            word = "step-taken"
    return word


async def _step(person: Person, case_id: UUID, step: str, reason: str, seen: str, key: str | None) -> None:
    said = (Closing if step == "closed" else Said)(reason=reason or None)
    await getattr(person.client.support, STEPS[step])(case_id, said, seen=seen, key=key)
