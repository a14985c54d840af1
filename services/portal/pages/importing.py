"""Sending in a file to import. What is done with it then is in imports.py."""

import asyncio
import hashlib
from typing import Any, BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from services.portal.access import Person, SignedIn, signed_in
from services.portal.csrf import FormWithFile
from services.portal.language import Language
from services.portal.page import done, language_of, page
from services.portal.pages.files import AROUND
from services.portal.pages.imports import path_of
from services.portal.pages.mine import memberships, writes_for
from services.portal.phrases import Words
from services.portal.problems import KEY, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.exchange import Import, ImportCheck, NewImport
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter(prefix="/my/imports")

LARGEST_IMPORT = 50_000_000  # bytes
LARGER = {("POST", "/my/imports"): LARGEST_IMPORT + AROUND}
TAKEN = (".csv", ".xlsx", ".xlsm", ".json")
STATEMENTS = "public_statements"  # what staff choose in place of an entity; no entity's code has such a sign
PLACES = {"name": "file", "size": "file", "entity_id": "entity_id"}


@router.get("")
async def imports(request: Request, person: SignedIn, entity: str = "", cursor: str = "") -> Response:
    return await _page(request, person, FormData([("entity_id", entity)]), {}, cursor)


@router.post("")
async def send_in(request: Request, person: SignedIn, form: FormWithFile) -> Response:
    """Begins the import, passes the file on in parts, and asks for the dry run."""
    person = await signed_in(request)  # again: over a slow line a file takes longer than an access token lives
    sent, language = form.get("file"), language_of(request)
    wrong = _lacking(sent, form, language)
    if wrong or not isinstance(sent, UploadFile):
        return await _page(request, person, form, wrong)
    try:
        job = await _sent(person, _wish(sent, form), sent, str(form.get(KEY, "")))
    except (Refused, Conflict) as refused:
        wrong = faults(refused, lambda path: PLACES.get(path, WHOLE_FORM), Words(language))
        return await _page(request, person, form, wrong)
    return done(path_of(job.import_id), "import-checking" if job.state == "checking" else "already")


def _lacking(sent: object, form: FormData, language: Language) -> dict[str, str]:
    _, wrong = language.gettext, {}
    if not isinstance(sent, UploadFile) or not sent.filename:
        wrong["file"] = _("Choose a file.")
    elif not sent.filename.lower().endswith(TAKEN):
        wrong["file"] = _("This is no kind of file that can be imported: take a CSV, an Excel workbook (xlsx) or JSON.")
    elif not sent.size:
        wrong["file"] = _("The file is empty.")
    elif sent.size > LARGEST_IMPORT:
        wrong["file"] = _("The file is larger than 50 MB: split it into several.")
    if not form.get("entity_id"):
        wrong["entity_id"] = _("Choose for which entity the pledges are.")
    return wrong


def _wish(sent: UploadFile, form: FormData) -> NewImport:
    entity = str(form.get("entity_id"))
    return NewImport(
        name=str(sent.filename),
        size=sent.size or 0,
        entity_id=None if entity == STATEMENTS else entity,
        statements=entity == STATEMENTS,
        submit=form.get("submit") == "yes",
    )


async def _sent(person: Person, wish: NewImport, sent: UploadFile, key: str) -> Import:
    """The import as it is then. The same file sent twice from one page is one import."""
    pledges = person.client.pledges
    digest = await asyncio.to_thread(_digest, sent.file)
    job = await pledges.begin_import(wish, key=f"{key}-{digest}" if key else None)
    await sent.seek(0)
    number = 0
    try:
        while part := await sent.read(job.part_size):
            number += 1
            await pledges.send_part(job.import_id, number, part)
        return await pledges.check_import(job.import_id, ImportCheck())
    except Conflict:
        return await pledges.import_of(job.import_id)  # it was sent before, and is on its way


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(1 << 20):
        found.update(piece)
    return found.hexdigest()


async def _page(request: Request, person: Person, form: FormData, wrong: dict[str, str], cursor: str = "") -> Response:
    held, found = await asyncio.gather(memberships(person), person.client.pledges.imports(cursor=cursor or None))
    writes, language = writes_for(held), language_of(request)
    states = person.session.is_any(NETWORK_STAFF, ADMIN)
    given: dict[str, Any] = {
        "entities": writes,
        "targets": [*writes, *([(STATEMENTS, language.gettext("Public statements of any entity"))] if states else [])],
        "states": states,
        "imports": found.items,
        "next": found.next,
        "values": Typed.sent(form),
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "imports.html", 422 if wrong else 200, **given)
