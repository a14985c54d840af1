"""Reports: first response, pauses, time in each state; percentiles with their counts; as files without formulas."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.integration.network_support.support import ADMIN, FOCAL_POINT, REVIEWER, STAFF, Support, wish
from tests.integration.network_support.test_life import AMINA, go
from tests.support.entities import faults
from tests.support.tokens import bearer

START = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)


async def reported(support: Support, query: str = "", who: dict[str, str] = STAFF) -> dict[str, dict[str, Any]]:
    """Figures by group and measure."""
    answer = await support.get(f"/reports/requests{query}", who)
    assert answer.status_code == 200, answer.text
    return {f"{one['group']} {one['measure']}": one for one in answer.json()["figures"]}


@pytest.fixture
async def some(support: Support, pledge: UUID) -> list[dict[str, Any]]:
    """Three requests of Veridia: acknowledged after 1, 3 and 10 hours; the last one paused for two hours."""
    await support.hears(pledge)
    made = []
    for hours, kind in ((1, "fund_proposal"), (3, "fund_proposal"), (10, "knowledge_exchange")):
        support.service.set_clock(START)
        request = await support.opened(pledge, type=kind)
        support.service.set_clock(START + timedelta(hours=hours))
        await go(support, request, "acknowledge", STAFF)
        made.append(request)
    await go(support, made[-1], "triage", STAFF)
    await go(support, made[-1], "ask", STAFF, {"reason": "Where?"})
    support.service.set_clock(START + timedelta(hours=12))
    await go(support, made[-1], "answer", AMINA, {"reason": "Here"})
    return made


@pytest.mark.usefixtures("some")
async def test_percentiles_come_with_how_many_they_are_of(support: Support) -> None:
    found = await reported(support)
    first = found["None first_response"]
    assert (first["ended"], first["running"]) == (3, 0)
    # from 11:00 in Geneva, which works until 12:30 and from 13:30 to 17:30: one hour, two, and five and a half
    assert (first["p50"], first["p75"], first["p90"], first["unit"]) == (2.0, 5.5, 5.5, "working_hours")
    assert (found["None submitted"]["ended"], found["None submitted"]["p50"]) == (3, 3.0)
    paused = found["None paused"]
    assert (paused["ended"], paused["running"], paused["p50"], paused["unit"]) == (1, 0, 2.0, "hours")
    assert (found["None acknowledged"]["ended"], found["None acknowledged"]["running"]) == (1, 2)
    assert (found["None triage"]["ended"], found["None triage"]["running"]) == (1, 1)


async def test_what_was_not_answered_yet_is_counted_and_in_no_percentile(support: Support, pledge: UUID) -> None:
    await support.hears(pledge)
    await support.opened(pledge)
    first = (await reported(support))["None first_response"]
    assert (first["ended"], first["running"], first["p50"]) == (0, 1, None)


@pytest.mark.usefixtures("some")
async def test_by_type_region_and_officer(support: Support) -> None:
    by_type = await reported(support, "?by=type")
    assert by_type["fund_proposal first_response"]["ended"] == 2
    assert by_type["knowledge_exchange paused"]["ended"] == 1
    assert (await reported(support, "?by=officer"))["nora first_response"]["ended"] == 3
    await support.service.rows("update triage_case set region = 'region_africa' returning 1")
    assert (await reported(support, "?by=region"))["region_africa first_response"]["ended"] == 3


@pytest.mark.usefixtures("some")
async def test_only_requests_that_were_sent_in_those_days(support: Support) -> None:
    assert await reported(support, "?since=2024-09-03&until=2024-09-04") == {}
    assert (await reported(support, "?since=2024-09-02&until=2024-09-03"))["None first_response"]["ended"] == 3
    body = (await support.get("/reports/requests?since=2024-09-02&until=2024-09-03", STAFF)).json()
    assert (body["requests"], body["by"]) == (3, "all")


async def test_drafts_are_in_no_report(support: Support, pledge: UUID) -> None:
    assert (await support.post("/requests/drafts", wish(pledge))).status_code == 201
    assert await reported(support) == {}


@pytest.mark.usefixtures("some")
async def test_the_same_as_files_in_which_nothing_is_a_formula(support: Support) -> None:
    await support.service.rows("update support_request set type = '=cmd|calc' returning 1")
    answer = await support.get("/reports/requests/csv?by=type", STAFF)
    assert answer.headers["content-disposition"].startswith('attachment; filename="requests-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["group", "measure", "ended", "running"]
    assert {row[0] for row in rows[1:]} == {"'=cmd|calc"}
    book = load_workbook(io.BytesIO((await support.get("/reports/requests/xlsx?by=type", STAFF)).content))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row]
    assert len(cells) == 8 * (len(rows) - 1)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(str(cell.value).startswith("=") for cell in cells)


async def test_officers_are_for_staff_only(support: Support) -> None:
    assert (await support.get("/reports/requests", REVIEWER)).status_code == 200
    assert (await support.get("/reports/requests?by=officer", ADMIN)).status_code == 200
    assert (await support.get("/reports/requests?by=officer", REVIEWER)).status_code == 403
    assert (await support.get("/reports/requests/csv?by=officer", REVIEWER)).status_code == 403
    assert (await support.get("/reports/requests", bearer(FOCAL_POINT))).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?since=2024-09-03&until=2024-09-03", "since"),
        ("?since=tomorrow", "since"),
        ("?until=0001-01-01", "until"),
        ("?by=name", "by"),
    ],
)
async def test_days_and_groups_that_make_no_report(support: Support, query: str, field: str) -> None:
    answer = await support.get(f"/reports/requests{query}", STAFF)
    assert (answer.status_code, set(faults(answer))) == (422, {field})
