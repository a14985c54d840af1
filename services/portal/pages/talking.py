"""The conversation about a request, for the entity that asked: what was said, and a form to write."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.files import passed_on
from services.portal.pages.mine import memberships, path_of, writes_for
from services.portal.phrases import Words
from services.portal.talking import ACTS, said, shown

router = APIRouter()

PATH = "/my/pledges/{pledge_id}/support/{request_id}"


@router.get(PATH)
async def read(request: Request, pledge_id: UUID, request_id: UUID, person: SignedIn) -> Response:
    return await _page(request, person, pledge_id, request_id, FormData(), {})


@router.post(PATH)
async def write(request: Request, pledge_id: UUID, request_id: UUID, person: SignedIn, form: Form) -> Response:
    if wrong := await said(person, request_id, form, language_of(request)):
        return await _page(request, person, pledge_id, request_id, form, wrong)
    return done(f"{path_of(pledge_id)}/support/{request_id}", ACTS["write"])


@router.get(f"{PATH}/files/{{attachment_id}}")
async def file(request_id: UUID, attachment_id: UUID, person: SignedIn) -> Response:
    return passed_on(await person.client.support.file(request_id, attachment_id))


async def _page(
    request: Request, person: Person, pledge_id: UUID, request_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    found, held, talk = await asyncio.gather(
        person.client.support.get(request_id), memberships(person), shown(person, request_id, form, wrong)
    )
    given = {
        "found": found,
        "back": f"{path_of(pledge_id)}/support",
        "may_write": found.entity_id in dict(writes_for(held)),
        **talk,
    }
    return page(request, "my_request.html", 422 if wrong else 200, words=Words(language_of(request)), **given)
