"""How long the Network takes: percentiles of what was sent in some days, and the same as files."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal import entering, fitting, officers
from services.portal.access import Person, StaffOrReviewer
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.page import language_of, page
from services.portal.pages.files import passed_on
from services.portal.phrases import Words
from services.portal.problems import among, faults
from services.portal.words import WORDS
from shared.client import Refused
from shared.client.models.support import Figure, Report
from shared.web.auth import ADMIN, NETWORK_STAFF

router = APIRouter()

REPORTS = "/desk/reports"
FORMATS = {"csv", "xlsx"}


@router.get(REPORTS)
async def report(
    request: Request, person: StaffOrReviewer, since: str = "", until: str = "", by: str = "all"
) -> Response:
    language, asked = language_of(request), {"since": since.strip(), "until": until.strip()}
    by = by if by in _able(person) else "all"
    days, wrong = _days(asked, language)
    found = None
    if not wrong:
        try:
            found = await person.client.support.report(**days, by=by)
        except Refused as refused:
            wrong = faults(refused, among(asked), Words(language))
    return await _page(request, person, found, asked | {"by": by}, wrong)


@router.get(REPORTS + "/{format}")
async def file(
    format: str,  # noqa: A002 - its name in the address
    person: StaffOrReviewer,
    since: date | None = None,
    until: date | None = None,
    by: str = "all",
) -> Response:
    name = format if format in FORMATS else "csv"
    return passed_on(await person.client.support.report_file(name, since=since, until=until, by=by))


def _able(person: Person) -> list[str]:
    """How the figures may be grouped: by officer, for who is of the staff."""
    staff = person.session.is_any(NETWORK_STAFF, ADMIN)
    return [code for code in WORDS["report_by"] if staff or code != "officer"]


def _days(asked: dict[str, str], language: Language) -> tuple[dict[str, date | None], dict[str, str]]:
    """What was typed, and what is no day."""
    days: dict[str, date | None] = {}
    wrong: dict[str, str] = {}
    for name, text in asked.items():
        try:
            days[name] = entering.whole_day(text, language)
        except Unclear as fault:
            wrong[name] = str(fault)
    return days, wrong


async def _page(
    request: Request, person: Person, found: Report | None, asked: dict[str, str], wrong: dict[str, str]
) -> Response:
    language = language_of(request)
    figures = found.figures if found else []
    names = await officers.names(person, (one.group for one in figures)) if asked["by"] == "officer" else {}
    groups: dict[str, list[Figure]] = {}
    for one in figures:
        groups.setdefault(_group(language, asked["by"], one.group, names), []).append(one)
    given: dict[str, Any] = {
        "found": found,
        "groups": groups,
        "sought": asked,
        "able": Words(language).options("report_by", _able(person)),
        "files": {"since": str(found.since), "until": str(found.until), "by": found.by} if found else {},
        "measure": lambda one: _measure(language, one),
        "hours": lambda value: "–" if value is None else language.number(value),
        "faults": wrong,
    }
    return page(request, "support_reports.html", 422 if wrong else 200, **given)


def _group(language: Language, by: str, group: str | None, names: dict[str, str]) -> str:
    if group is None:
        return language.gettext("All requests") if by == "all" else language.gettext("Not known")
    match by:
        case "region":
            return fitting.place(language, group)
        case "type":
            return language.word("help", group)
    return names.get(group, group)


def _measure(language: Language, one: Figure) -> str:
    """A measure of its own, or the state in which the time was spent."""
    if one.measure in WORDS["report_measure"]:
        return language.word("report_measure", one.measure)
    return language.gettext("In the state “{state}”").format(state=language.word("state", one.measure))
