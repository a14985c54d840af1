"""The Network's desk: submissions and requests for support. Reviewers look on; staff act."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal.access import Person, Staff, StaffOrReviewer
from services.portal.csrf import Form
from services.portal.differences import Difference, differences
from services.portal.named import names
from services.portal.page import done, language_of, page
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from services.portal.words import WORDS
from shared.client import Conflict, Missing, Refused, Stale
from shared.client.models.pledges import ChangeRequest, Content, Step, WantedChange, WorkingCopy
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

SUBMISSIONS, REQUESTS = "/desk/submissions", "/desk/requests"
WAITING = ("submitted", "changes_requested")
REQUEST_STATES = ("submitted", "acknowledged", "pending_pledge", "refused", "withdrawn")
FIELDS = tuple(Content.model_fields)
ALL = "all"


@router.get("/desk/submissions")
async def submissions(
    request: Request, person: StaffOrReviewer, state: str = "submitted", entity: str = "", cursor: str = ""
) -> Response:
    wanted = state if state in WAITING else None
    found = await person.client.pledges.submissions(state=wanted, entity=entity or None, cursor=cursor or None)
    given: dict[str, Any] = {"items": found.items, "next": found.next}
    filters = {"state": wanted or ALL, "entity": entity}
    return page(request, "submissions.html", words=Words(language_of(request)), filters=filters, **given)


@router.get("/desk/submissions/{pledge_id}")
async def submission(request: Request, pledge_id: UUID, person: StaffOrReviewer) -> Response:
    return await _submission(request, person, pledge_id, FormData(), {})


@router.post("/desk/submissions/{pledge_id}")
async def decide(request: Request, pledge_id: UUID, person: Staff, form: Form) -> Response:
    """Publishes, or asks for changes."""
    key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
    pledges, path = person.client.pledges, f"{SUBMISSIONS}/{pledge_id}"
    wanted: list[WantedChange] = []
    try:
        if form.get("action") == "publish":
            await pledges.publish(pledge_id, seen=seen, key=key)
            return done(path, "published")
        wanted, wrong = asked(form, request)
        if wrong:
            return await _submission(request, person, pledge_id, form, wrong)
        await pledges.request_changes(pledge_id, ChangeRequest(fields=wanted), seen=seen, key=key)
    except (Stale, Conflict):
        return await _overtaken(request, person, pledge_id, form)
    except Refused as refused:
        wrong = faults(refused, _place(wanted), Words(language_of(request)))
        return await _submission(request, person, pledge_id, form, wrong)
    return done(path, "changes-asked")


def asked(form: FormData, request: Request) -> tuple[list[WantedChange], dict[str, str]]:
    """What is asked for each field that is ticked; and what is missing, by the form's field."""
    language, ticked = language_of(request), form.getlist("field")
    wanted, wrong = [], {}
    for name in FIELDS:
        says = str(form.get(f"says.{name}", "")).replace("\r\n", "\n").strip()
        if name in ticked and says:
            wanted.append(WantedChange(field=name, says=says))
        elif name in ticked:
            wrong[f"says.{name}"] = language.gettext("Say what should change here.")
        elif says:
            wrong[f"says.{name}"] = language.gettext("Tick this field to ask for the change, or clear the text.")
    if not wanted and not wrong:
        wrong[WHOLE_FORM] = language.gettext("Tick at least one field, and say what should change.")
    return wanted, wrong


def _place(wanted: list[WantedChange]) -> Callable[[str], str]:
    def of(path: str) -> str:
        match path.split("."):
            case ["fields", number, *_] if number.isdecimal() and int(number) < len(wanted):
                return f"says.{wanted[int(number)].field}"
        return WHOLE_FORM

    return of


async def _submission(
    request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    copy = await person.client.pledges.working_copy(pledge_id)
    words = Words(language_of(request))
    staff = person.session.is_any(NETWORK_STAFF, ADMIN)
    given: dict[str, Any] = {
        "copy": copy,
        "staff": staff,
        "merged": copy.state == "closed" and [step.action for step in copy.steps[:1]] == ["merged"],
        "alike": [] if copy.state == "closed" else (await person.client.pledges.duplicates(pledge_id)).items,
        "fields": FIELDS,
        "partners": await names(person.client, copy.content.partner_entities),
        "changed": await _since_published(person, copy, words),
        "answered": answered(copy.steps),
        "may_act": staff and copy.state == "submitted",
        "values": Typed.sent(form),
        "ticked": form.getlist("field"),
        "faults": wrong,
        "seen": copy.etag,
        "key": new_key(),
    }
    return page(request, "submission.html", 422 if wrong else 200, words=words, **given)


async def _since_published(person: Person, copy: WorkingCopy, words: Words) -> list[Difference] | None:
    """What an amendment changes; None for what was never published, or has nothing pending."""
    if copy.version == 0 or copy.state in {"published", "closed"}:
        return None
    try:
        last = await person.client.pledges.version(copy.pledge_id, copy.version)
    except Missing:
        return None
    return differences(Content(**last.model_dump(include=set(FIELDS))), copy.content, words.said)


def answered(steps: list[Step]) -> list[str]:
    """The fields that the entity has changed since staff asked, in the order of the content. `steps`: newest first."""
    changed: set[str] = set()
    for step in steps:
        if step.action == "changes_requested":
            return [name for name in FIELDS if name in changed]
        changed.update(step.fields)
    return []


async def _overtaken(request: Request, person: Person, pledge_id: UUID, form: FormData) -> Response:
    copy = await person.client.pledges.working_copy(pledge_id)
    kept = [(name, str(form.get(f"says.{name}", ""))) for name in FIELDS if form.get(f"says.{name}")]
    return page(request, "desk_overtaken.html", 409, words=Words(language_of(request)), copy=copy, kept=kept)


@router.get("/desk/requests")
async def requests(
    request: Request,
    person: StaffOrReviewer,
    state: str = "submitted",
    entity: str = "",
    type: str = "",  # noqa: A002 - its name in the address
    cursor: str = "",
) -> Response:
    wanted, kind = state if state in REQUEST_STATES else None, type if type in WORDS["help"] else ""
    found = await person.client.support.list(
        state=wanted, entity=entity or None, type=kind or None, cursor=cursor or None
    )
    given: dict[str, Any] = {
        "items": found.items,
        "next": found.next,
        "states": REQUEST_STATES,
    }
    filters = {"state": wanted or ALL, "entity": entity, "type": kind}
    return page(request, "requests.html", words=Words(language_of(request)), filters=filters, **given)
