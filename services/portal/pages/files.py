"""The file of a pledge: sent in on a page of its own, and given out to be saved."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import FormData, UploadFile

from services.portal.access import Person, Public, SignedIn, signed_in
from services.portal.attached import Again, file_of, removed
from services.portal.csrf import Form, FormWithFile
from services.portal.page import done, language_of, page
from services.portal.pages.draft import EDITABLE
from services.portal.pages.mine import edits, memberships, path_of
from services.portal.phrases import Words
from services.portal.problems import KEY, faults, new_key
from shared.client import Conflict, Refused
from shared.client.models.pledges import WorkingCopy
from shared.client.sending import Download
from shared.errors import NotFound
from shared.web.limits import LARGEST_FILE

router = APIRouter()

HAD = "had"  # the file that the page showed
AROUND = 10_000  # bytes of a form, beside the file
LARGER = {("POST", "/my/pledges/[^/]+/file"): LARGEST_FILE + AROUND}
_PASSED = ("content-type", "content-disposition", "cache-control")
_SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}


@router.get("/my/pledges/{pledge_id}/file")
async def file_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _drawn(request, person, await _editable(person, pledge_id))


@router.post("/my/pledges/{pledge_id}/file")
async def attach(request: Request, pledge_id: UUID, person: SignedIn, form: FormWithFile) -> Response:
    person = await signed_in(request)  # again: over a slow line a file takes longer than an access token lives
    copy, sent = await _editable(person, pledge_id), form.get("file")
    language = language_of(request)
    if not isinstance(sent, UploadFile) or not sent.filename:
        return await _drawn(request, person, copy, {"file": language.gettext("Choose a file.")})
    try:
        key = str(form.get(KEY)) or None
        made = await person.client.pledges.upload(pledge_id, Again(sent), name=sent.filename, key=key)
    except (Refused, Conflict) as refused:
        return await _drawn(request, person, copy, faults(refused, lambda _: "file", Words(language)))
    return await _point(request, person, copy, form, made.attachment_id)


@router.post("/my/pledges/{pledge_id}/file/remove")
async def detach(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    return await _point(request, person, await _editable(person, pledge_id), form, None)


async def _editable(person: Person, pledge_id: UUID) -> WorkingCopy:
    """Raises NotFound for who may not write, and where nothing can be changed."""
    copy = await person.client.pledges.working_copy(pledge_id)
    if copy.state not in EDITABLE or not edits(copy, await memberships(person)):
        raise NotFound("There is no form for a file of this pledge.")
    return copy


async def _point(
    request: Request, person: Person, copy: WorkingCopy, form: FormData, attachment_id: UUID | None
) -> Response:
    """The draft points at another file, or at none. What a colleague changed meanwhile stays, but for another file."""
    before = copy.content.attachment
    if str(form.get(HAD)) != str(before or ""):
        says = language_of(request).gettext(
            "A colleague has attached another file meanwhile. Look at it, then send again."
        )
        return await _drawn(request, person, copy, {"file": says})
    await person.client.pledges.patch(
        copy.pledge_id, {"attachment": str(attachment_id) if attachment_id else None}, seen=copy.etag
    )
    if before and before != attachment_id:
        await removed(person, copy.pledge_id, before)
    return done(path_of(copy.pledge_id), "file-attached" if attachment_id else "file-removed")


async def _drawn(
    request: Request, person: Person, copy: WorkingCopy, at_fields: dict[str, str] | None = None
) -> Response:
    return page(
        request,
        "file.html",
        422 if at_fields else 200,
        copy=copy,
        file=await file_of(person, copy),
        faults=at_fields or {},
        key=new_key(),
    )


@router.get("/my/pledges/{pledge_id}/files/{attachment_id}")
async def working_file(pledge_id: UUID, attachment_id: UUID, person: SignedIn) -> Response:
    return passed_on(await person.client.pledges.working_file(pledge_id, attachment_id))


@router.get("/pledges/{pledge_id}/files/{attachment_id}")
async def public_file(pledge_id: UUID, attachment_id: UUID, client: Public) -> Response:
    return passed_on(await client.pledges.public_file(pledge_id, attachment_id))


def passed_on(found: Download) -> Response:
    """As it comes: to be saved, and run by no browser."""
    headers = {name: found.headers[name] for name in _PASSED if name in found.headers}
    return StreamingResponse(found, headers=headers | _SAFE)
