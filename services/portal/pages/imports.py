"""Imports that were sent in (importing.py): the templates, the dry run's report, doing it, and what is to be mended."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.portal.access import Public, SignedIn
from services.portal.csrf import Form
from services.portal.page import done, language_of, page
from services.portal.pages.files import passed_on
from services.portal.pages.mine import entities_of, memberships
from services.portal.phrases import Words
from services.portal.problems import KEY, new_key
from services.portal.words import WORDS
from shared.client import Conflict
from shared.client.models.exchange import ImportCheck

router = APIRouter(prefix="/my/imports")

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "cp1252", "cp1250", "cp1251", "cp1256", "gb18030", "iso8859-15")
EVERY = 5  # seconds after which a page that its reader wants renewed is loaded again
ROWS = 50  # of the report, on a page
Shape = Literal["sheet", "form"]
Format = Literal["csv", "xlsx", "json"]


@router.get("/templates/{shape}/{format}")
async def template(
    shape: Shape,
    format: Format,  # noqa: A002 - its name in the address
    client: Public,
    statements: Annotated[bool, Query()] = False,
) -> Response:
    return passed_on(await client.pledges.import_template(shape, format, statements=statements))


@router.get("/{import_id}")
async def import_(
    request: Request, import_id: UUID, person: SignedIn, state: str = "", cursor: str = "", renew: str = ""
) -> Response:
    """How far it is, and the report row by row. With ?renew=yes it loads itself again, while work goes on."""
    job = await person.client.pledges.import_of(import_id)
    state = state if state in WORDS["import_row"] else ""
    rows = await person.client.pledges.import_rows(import_id, state=state or None, limit=ROWS, cursor=cursor or None)
    renewed = bool(renew) and job.at_work
    given: dict[str, Any] = {
        "job": job,
        "entity": dict(entities_of(await memberships(person))).get(job.entity_id or "", job.entity_id),
        "rows": rows.items,
        "next": rows.next,
        "filters": {"state": state},
        "states": tuple(WORDS["import_row"]),
        "encodings": [(one, one.upper()) for one in ENCODINGS],
        "renewed": renewed,
        "every": EVERY,
        "key": new_key(),
    }
    answer = page(request, "import.html", words=Words(language_of(request)), **given)
    if renewed:
        answer.headers["Refresh"] = str(EVERY)
    return answer


@router.post("/{import_id}")
async def act(import_id: UUID, person: SignedIn, form: Form) -> Response:
    """Runs it, stops it, or has the file read again in another encoding."""
    pledges, key = person.client.pledges, str(form.get(KEY, "")) or None
    match form.get("action"):
        case "run":
            asked = pledges.run_import(import_id, key=key)
        case "cancel":
            asked = pledges.cancel_import(import_id, key=key)
        case _:
            how = ImportCheck(encoding=str(form.get("encoding", "")) or None)
            asked = pledges.check_import(import_id, how, key=key)
    try:
        job = await asked
    except Conflict:
        return done(path_of(import_id), "moved-on")
    return done(path_of(import_id), f"import-{job.state}")  # the states into which these acts lead


@router.get("/{import_id}/bad-rows")
async def bad_rows(import_id: UUID, person: SignedIn) -> Response:
    return passed_on(await person.client.pledges.bad_rows(import_id))


def path_of(import_id: UUID) -> str:
    return f"/my/imports/{import_id}"
