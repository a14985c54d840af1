"""The form of a pledge: a new one, a draft, an amendment. Whatever happens, what was typed stays."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.access import Person, SignedIn
from services.portal.advice import advise
from services.portal.attached import file_of
from services.portal.choices import Choices
from services.portal.csrf import Form
from services.portal.differences import differences
from services.portal.entering import Unclear
from services.portal.named import find, names
from services.portal.page import done, language_of, page, with_script
from services.portal.pages.mine import edits, memberships, path_of, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, faults, new_key
from services.portal.reconciling import JOINED, TAKE, choices, marks, together, untouched
from services.portal.typed import ROWS, Meaning, Typed, meaning, place, texts
from shared.client import Conflict, Refused, Stale
from shared.client.models.advice import Advice
from shared.client.models.pledges import Content, NewPledge, Saving, WorkingCopy

router = APIRouter()

NEW = "/my/pledges/new"
EDITABLE = {"draft", "changes_requested"}
BEFORE = "before"  # marks of what the form was filled from
OWN_FIELDS = {KEY, SEEN, BEFORE, "csrf", "action", "entity_id"}  # of the form, and not of the pledge
EMPTY = Content(title="")
ADVISE = "advise"  # what a button of the form does
BEHALF = "on_behalf_of"  # the name or code of an entity in whose name another one files the pledge
_WHOM = {"entity_id": BEHALF, "proxy_entity_id": BEHALF}  # what a new pledge has besides its content


@dataclass(frozen=True)
class Sheet:
    """The form as it is shown or was sent. `copy` None: a pledge that is not saved yet."""

    typed: Typed
    copy: WorkingCopy | None = None
    entity: str = ""
    seen: str = ""
    key: str = ""
    marks: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    advice: Advice | None = None

    @property
    def before(self) -> Content:
        return self.copy.content if self.copy else EMPTY


@router.get("/my/pledges/new")
async def begin(request: Request, person: SignedIn, entity: str = "") -> Response:
    return await _drawn(request, person, Sheet(Typed([("kind", "individual"), ("language", "en")]), entity=entity))


@router.post("/my/pledges/new")
async def create(request: Request, person: SignedIn, form: Form) -> Response:
    sheet, action = sent(form)
    if again := await _rearranged(request, person, sheet, action):
        return again
    found = meaning(sheet.typed, EMPTY, language_of(request))
    if found.faults:
        return await _drawn(request, person, sheet, found.faults)
    if action == ADVISE:
        return await _advised(request, person, sheet, found)
    try:
        wish = await _wish(request, person, sheet, found)
        copy = await person.client.pledges.create(wish, key=sheet.key or None)
    except Unclear as fault:
        return await _drawn(request, person, sheet, {BEHALF: str(fault)})
    except Refused as refused:
        return await _refused(request, person, replace(sheet, key=new_key()), found, refused)
    return await _saved(request, person, replace(sheet, copy=copy), found, action)


async def _wish(request: Request, person: Person, sheet: Sheet, found: Meaning) -> NewPledge:
    """In one's own entity's name, or in that of another one, which has to accept it. Raises Unclear."""
    content = found.content.model_dump()
    if not sheet.typed.one(BEHALF).strip():
        return NewPledge(**content, entity_id=sheet.entity)
    whose = await find(person.client, sheet.typed.one(BEHALF), language_of(request))
    return NewPledge(**content, entity_id=whose, proxy_entity_id=sheet.entity)


@router.get("/my/pledges/{pledge_id}")
async def show(request: Request, pledge_id: UUID, person: SignedIn, edit: bool = False) -> Response:
    copy, held = await asyncio.gather(person.client.pledges.working_copy(pledge_id), memberships(person))
    may_write = copy.entity.entity_id in dict(writes_for(held))
    if edits(copy, held) and (copy.state in EDITABLE or (edit and copy.state == "published")):
        sheet = _sheet_of(copy)
        if request.query_params.get("done") == "saved":
            return await _advised(request, person, sheet, meaning(sheet.typed, copy.content, language_of(request)))
        return await _drawn(request, person, sheet)
    given: dict[str, Any] = {"copy": copy, "may_write": may_write, "may_edit": edits(copy, held), "fields": _FIELDS}
    given["partners"] = await names(person.client, _named(copy))
    return page(request, "my_pledge.html", words=Words(language_of(request)), **given)


@router.post("/my/pledges/{pledge_id}")
async def act(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    copy = await person.client.pledges.working_copy(pledge_id)
    typed, action = sent(form)
    sheet = replace(typed, copy=copy)
    if again := await _rearranged(request, person, sheet, action):
        return again
    found = meaning(sheet.typed, copy.content, language_of(request))
    if found.faults:
        return await _drawn(request, person, sheet, found.faults)
    if action == ADVISE:
        return await _advised(request, person, sheet, found)
    return await _save(request, person, sheet, found, action)


def sent(form: Form) -> tuple[Sheet, str]:
    """What stands in the form, and the button that sent it."""
    fields = texts(form)
    own = dict(fields)
    typed = Typed((name, value) for name, value in fields if name not in OWN_FIELDS and not name.startswith(TAKE))
    chosen = {name.removeprefix(TAKE): value for name, value in fields if name.startswith(TAKE)}
    entity, seen, key, before = (own.get(name, "") for name in ("entity_id", SEEN, KEY, BEFORE))
    sheet = Sheet(typed, None, entity, seen, key, before, chosen)
    return sheet, own.get("action", "save")


def _sheet_of(copy: WorkingCopy) -> Sheet:
    typed = Typed.of(copy.content)
    return Sheet(typed, copy, copy.entity.entity_id, copy.etag, marks=marks(typed))


async def _rearranged(request: Request, person: Person, sheet: Sheet, action: str) -> Response | None:
    """The form again, with a row more or less; None for what saves."""
    match action.split("."):
        case ["add", of] if of in ROWS:
            typed = sheet.typed.with_row(of)
        case ["remove", of, row]:
            typed = sheet.typed.without_row(of, row)
        case ["edit"]:
            theirs = Typed.of(sheet.before)
            sheet = replace(sheet, marks=marks(theirs))
            typed = together(sheet.typed, theirs, sheet.chosen)
        case _:
            return None
    return await _drawn(request, person, replace(sheet, typed=typed), status=200)


async def _advised(request: Request, person: Person, sheet: Sheet, found: Meaning) -> Response:
    """The form as it is, with advice on it; nothing is saved."""
    entity = sheet.copy.entity.entity_id if sheet.copy else sheet.entity
    pledge_id, accepted = sheet.copy.pledge_id if sheet.copy else None, request.headers.get("accept-language", "")
    try:
        advice = await advise(person.client, found, entity, accepted, pledge_id)
    except Refused as refused:
        return await _refused(request, person, sheet, found, refused)
    return await _drawn(request, person, replace(sheet, advice=advice))


async def _save(request: Request, person: Person, sheet: Sheet, found: Meaning, action: str) -> Response:
    assert sheet.copy is not None  # noqa: S101 - it was read
    if sheet.seen == sheet.copy.etag and found.content == sheet.copy.content:  # nothing to save
        return await _saved(request, person, sheet, found, action)
    pledges, wish = person.client.pledges, Saving(**found.content.model_dump())
    try:
        copy = await pledges.save(sheet.copy.pledge_id, wish, seen=sheet.seen)
    except (Stale, Conflict):
        return await _overtaken(request, person, sheet, found)
    except Refused as refused:
        return await _refused(request, person, sheet, found, refused)
    return await _saved(request, person, replace(sheet, copy=copy), found, action)


async def _saved(request: Request, person: Person, sheet: Sheet, found: Meaning, action: str) -> Response:
    """On to the page, and before it to the Network if that was the wish."""
    assert sheet.copy is not None  # noqa: S101 - it is saved
    copy = sheet.copy
    if action != "submit":
        return done(f"{path_of(copy.pledge_id)}{'/file' if action == 'file' else ''}", "saved")
    try:
        await person.client.pledges.submit(copy.pledge_id, seen=copy.etag)
    except (Stale, Conflict):
        return await _overtaken(request, person, sheet, found)
    except Refused as refused:
        return await _refused(request, person, replace(sheet, seen=copy.etag), found, refused, kept=True)
    return done(path_of(copy.pledge_id), "submitted")


async def _refused(
    request: Request, person: Person, sheet: Sheet, found: Meaning, error: Refused, *, kept: bool = False
) -> Response:
    """`kept`: it is saved, and only not submitted."""

    def place(path: str) -> str:
        return _WHOM.get(path) or found.place(path)

    at_fields = faults(error, place, Words(language_of(request)), naming=True)
    return await _drawn(request, person, sheet, at_fields, kept=kept)


async def _overtaken(request: Request, person: Person, sheet: Sheet, found: Meaning) -> Response:
    """Somebody, or the same form before, was faster: both versions side by side, unless they say the same."""
    assert sheet.copy is not None  # noqa: S101 - it was read
    now = await person.client.pledges.working_copy(sheet.copy.pledge_id)
    if now.content == _in_context(found.content, now.content):
        return done(path_of(now.pledge_id), "already")
    words = Words(language_of(request))
    differing = differences(found.content, now.content, words.said)
    return page(
        request,
        "overtaken.html",
        409,
        words=words,
        copy=now,
        differences=differing,
        proposed=choices((one.field for one in differing), untouched(sheet.typed, sheet.marks)),
        joined=JOINED,
        kept=sheet.typed.items(),
        may_save=now.state in EDITABLE | {"published"},
    )


def _in_context(ours: Content, now: Content) -> Content:
    """A submission that names no review is made in the context of the open one, which we did not know."""
    return ours if ours.review_cycle else ours.model_copy(update={"review_cycle": now.review_cycle})


async def _drawn(
    request: Request,
    person: Person,
    sheet: Sheet,
    at_fields: dict[str, str] | None = None,
    *,
    kept: bool = False,
    status: int = 422,
) -> Response:
    """The form with what was typed, and what is wrong where it is."""
    entities = [] if sheet.copy else writes_for(await memberships(person))
    cycles = (await person.client.pledges.reviews()).items
    autosaves = sheet.copy is not None and sheet.copy.state in EDITABLE
    given: dict[str, Any] = {
        "words": Words(language_of(request)),
        "choices": Choices(language_of(request), cycles),
        "copy": sheet.copy,
        "values": sheet.typed,
        "faults": at_fields or {},
        "asked": _asked(sheet),
        "entities": entities,
        "entity": sheet.entity or (entities[0][0] if entities else ""),
        "seen": sheet.seen,
        "key": sheet.key or new_key(),
        "kept": kept,
        "advice": sheet.advice,
        "form_path": path_of(sheet.copy.pledge_id) if sheet.copy else NEW,
        "autosaves": autosaves,
        "marks": sheet.marks,
        "file": await file_of(person, sheet.copy) if sheet.copy else None,
        "partners": await names(person.client, _named(sheet.copy)) if sheet.copy else {},
    }
    answer = page(request, "pledge_form.html", status if at_fields else 200, **given)
    return with_script(request, answer) if autosaves else answer


def _named(copy: WorkingCopy) -> list[str]:
    """The entities whose names its page shows."""
    return [*copy.content.partner_entities, *([copy.proxy.entity_id] if copy.proxy else [])]


def _asked(sheet: Sheet) -> dict[str, str]:
    """What staff want to see changed, by the form's field."""
    found: dict[str, str] = {}
    rows = {of: sheet.typed.rows(of) for of in ROWS}
    for wanted in sheet.copy.asked if sheet.copy else []:
        at = place(wanted.field, rows)
        found[at] = f"{found[at]}\n{wanted.says}" if at in found else wanted.says
    return found


_FIELDS = tuple(Content.model_fields)
