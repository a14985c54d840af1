"""How a pledge goes: a progress report, and its end with the reason."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.portal import entering
from services.portal.access import Person, SignedIn
from services.portal.choices import Choices
from services.portal.csrf import Form
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.page import done, language_of, page
from services.portal.pages.mine import path_of
from services.portal.phrases import Words
from services.portal.problems import KEY, SEEN, WHOLE_FORM, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused, Stale
from shared.client.models.pledges import Closing, PublicView, Reached, Report, Update

router = APIRouter()

REASONS = ("fulfilled", "partly_fulfilled", "ended", "withdrawn", "superseded")


@router.get("/my/pledges/{pledge_id}/report")
async def report_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _report_page(request, person, pledge_id, FormData(), {})


@router.post("/my/pledges/{pledge_id}/report")
async def report(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    public = await person.client.pledges.get(pledge_id)
    wish, wrong, rows = reading(form, public, language_of(request))
    if wrong:
        return await _report_page(request, person, pledge_id, form, wrong)
    try:
        await person.client.pledges.report(pledge_id, wish, key=str(form.get(KEY)) or None)
    except (Refused, Conflict) as refused:
        return await _report_page(
            request, person, pledge_id, form, faults(refused, _place(rows), Words(language_of(request)))
        )
    return done(request, f"{path_of(pledge_id)}/report", "reported")


def reading(form: FormData, public: PublicView, language: Language) -> tuple[Report, dict[str, str], list[int]]:
    """The report that a form stands for, what is wrong at its fields, and of each value its target's row."""
    if form.get("action") == "no_change":
        return Report(no_change=True), {}, []
    wrong: dict[str, str] = {}
    values, rows = [], []
    for row, target in enumerate(public.targets):
        number, said = str(form.get(f"value.{row}", "")), str(form.get(f"said.{row}", "")).strip() or None
        try:
            value = entering.number(number, language)
        except Unclear as fault:
            wrong[f"value.{row}"] = str(fault)
            continue
        if value is not None or said:
            values.append(Reached(target=target.what, value=value, value_text=said))
            rows.append(row)
    if not form.get("status"):
        wrong["status"] = language.gettext("Say how it goes.")
    summary = str(form.get("summary", "")).replace("\r\n", "\n")
    wish = Report(
        status=str(form.get("status") or "") or None,
        summary=summary,
        values=values,
        barriers=[str(code) for code in form.getlist("barriers")],
    )
    return wish, wrong, rows


def _place(rows: list[int]) -> Any:
    def of(path: str) -> str:
        match path.split("."):
            case ["values", number, *part] if number.isdecimal() and int(number) < len(rows):
                return f"{'said' if part == ['value_text'] else 'value'}.{rows[int(number)]}"
            case [name, *_] if name in {"status", "summary", "barriers"}:
                return name
        return WHOLE_FORM

    return of


async def _report_page(
    request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    public = await person.client.pledges.get(pledge_id)
    updates = (await person.client.pledges.updates(pledge_id, limit=5)).items
    given: dict[str, Any] = {
        "words": Words(language_of(request)),
        "choices": Choices(language_of(request)),
        "pledge": public,
        "updates": updates,
        "values": Typed.sent(form) if form else Typed(_filled(updates[:1], public).items()),
        "barriers": form.getlist("barriers") if form else updates[0].barriers if updates else [],
        "faults": wrong,
        "key": new_key(),
    }
    return page(request, "report.html", 422 if wrong else 200, **given)


def _filled(last: list[Update], public: PublicView) -> dict[str, str]:
    """From the last report: what has not changed need not be typed again."""
    if not last:
        return {}
    reached = {value.target: value for value in last[0].values}
    found = {"status": last[0].status}
    for row, target in enumerate(public.targets):
        if value := reached.get(target.what):
            found |= {f"value.{row}": entering.as_typed(value.value), f"said.{row}": value.value_text or ""}
    return found


@router.get("/my/pledges/{pledge_id}/close")
async def close_form(request: Request, pledge_id: UUID, person: SignedIn) -> Response:
    return await _close_page(request, person, pledge_id, FormData(), {})


@router.post("/my/pledges/{pledge_id}/close")
async def close(request: Request, pledge_id: UUID, person: SignedIn, form: Form) -> Response:
    language = language_of(request)
    try:
        by = entering.reference(str(form.get("superseded_by", "")), language)
    except Unclear as fault:
        return await _close_page(request, person, pledge_id, form, {"superseded_by": str(fault)})
    if not form.get("reason"):
        wrong = {"reason": language.gettext("Say why it ends.")}
        return await _close_page(request, person, pledge_id, form, wrong)
    closing = Closing(reason=str(form.get("reason")), superseded_by=by)
    key, seen = str(form.get(KEY, "")) or None, str(form.get(SEEN, ""))
    try:
        await person.client.pledges.close(pledge_id, closing, seen=seen, key=key)
    except (Stale, Conflict):
        return done(request, path_of(pledge_id), "moved-on")
    except Refused as refused:
        wrong = faults(
            refused,
            lambda path: path if path in {"reason", "superseded_by"} else WHOLE_FORM,
            Words(language_of(request)),
        )
        return await _close_page(request, person, pledge_id, form, wrong)
    return done(request, path_of(pledge_id), "closed")


async def _close_page(
    request: Request, person: Person, pledge_id: UUID, form: FormData, wrong: dict[str, str]
) -> Response:
    copy = await person.client.pledges.working_copy(pledge_id)
    given: dict[str, Any] = {
        "copy": copy,
        "values": Typed.sent(form),
        "faults": wrong,
        "reasons": REASONS,
        "key": new_key(),
    }
    status = 422 if wrong else 200
    return page(request, "close.html", status, words=Words(language_of(request)), seen=copy.etag, **given)
