"""Reports on pledges: who may, what is refused, and what the public then sees."""

from typing import Any

import pytest

from services.pledges.progress.schemas import EXAMPLE as REPORT
from services.pledges.registry.content import EXAMPLE
from tests.integration.pledges.conftest import AMINA, KOFI, VERA, Desk, revision
from tests.support.entities import REVIEWER, STAFF, faults

VALUE = REPORT["values"][0]
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no status": ({"status": None}, "body"),
    "unknown status": ({"status": "failed"}, "status"),
    "unknown barrier": ({"barriers": ["weather"]}, "barriers.0"),
    "20,001 characters": ({"summary": "x" * 20_001}, "summary"),
    "NUL": ({"summary": "a\x00b"}, "summary"),
    "no such target": ({"values": [VALUE | {"target": "something else"}]}, "values.0.target"),
    "a value that says nothing": ({"values": [{"target": VALUE["target"]}]}, "values.0"),
    "a value that is no number": ({"values": [VALUE | {"value": "NaN"}]}, "values.0.value"),
    "nothing new and something new": ({"no_change": True}, "body"),
    "unknown field": ({"state": "fulfilled"}, "state"),
}


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD.keys())
async def test_a_bad_report_is_refused_by_field(desk: Desk, change: dict[str, Any], field: str) -> None:
    pledge_id = await desk.published()
    before = await desk.counts()
    answer = await desk.post(f"/pledges/{pledge_id}/updates", REPORT | change)
    assert answer.status_code == 422, answer.text
    assert faults(answer).keys() == {field}
    assert await desk.counts() == before


@pytest.mark.parametrize(("who", "status"), [(KOFI, 403), (VERA, 403), (REVIEWER, 403), (STAFF, 403), ({}, 401)])
async def test_only_the_entitys_own_people_report(desk: Desk, who: dict[str, str], status: int) -> None:
    pledge_id = await desk.published()
    before = await desk.counts()
    assert (await desk.post(f"/pledges/{pledge_id}/updates", REPORT, who)).status_code == status
    assert await desk.counts() == before


async def test_what_is_not_published_has_no_reports(desk: Desk) -> None:
    made = await desk.create(submit=True)
    path = f"/pledges/{made.json()['pledge_id']}/updates"
    before = await desk.counts()
    assert (await desk.post(path, REPORT)).status_code == 409
    assert (await desk.post(path, REPORT, KOFI)).status_code == 404  # it must not even seem to exist
    assert (await desk.get(path)).status_code == 404
    assert await desk.counts() == before


async def test_a_closed_pledge_is_not_reported_on_but_its_reports_stay(desk: Desk) -> None:
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}"
    await desk.post(f"{path}/updates", REPORT)
    await desk.post(f"{path}/close", {"reason": "fulfilled"}, seen=await desk.etag(pledge_id))
    assert (await desk.post(f"{path}/updates", REPORT)).status_code == 409
    assert len((await desk.get(f"{path}/updates")).json()["items"]) == 1


async def test_a_report_while_an_amendment_is_written_is_about_what_is_public(desk: Desk) -> None:
    """The report must not carry the amendment out, nor make the amendment's author begin anew."""
    pledge_id = await desk.published()
    path = f"/pledges/{pledge_id}"
    target = EXAMPLE["targets"][0] | {"what": "Posts of honorary consuls"}
    saved = await desk.put(path, EXAMPLE | {"targets": [target]}, seen=await desk.etag(pledge_id))
    public = await desk.get(path)
    assert (await desk.post(f"{path}/updates", REPORT)).status_code == 201
    unknown = REPORT | {"values": [VALUE | {"target": target["what"]}]}
    assert faults(await desk.post(f"{path}/updates", unknown)).keys() == {"values.0.target"}
    again = await desk.get(path)
    assert (revision(again), again.json()["targets"]) == (revision(public), public.json()["targets"])
    assert (await desk.post(f"{path}/submit", seen=saved.headers["etag"])).status_code == 200


async def test_a_report_is_dated_by_the_business_clock_and_told(desk: Desk) -> None:
    pledge_id = await desk.published()
    done = await desk.post(f"/pledges/{pledge_id}/updates", REPORT)
    public = (await desk.get(f"/pledges/{pledge_id}")).json()
    reported_at = done.json()["reported_at"]
    assert reported_at.startswith("2024-09-02T09:")
    assert public["progress"] == {
        "status": "in_progress",
        "last_reported_at": reported_at,
        "reports": 1,
        "paid": [{"amount": "1100000", "currency": "EUR", "bound": "exactly"}],
        "evidence": "evidenced",
        "stuck": None,
    }
    [*_, told] = await desk.service.outbox("gcm.pledges")
    assert told.type == "pledge.reported.v1"
    assert told.data["pledge"]["progress"] == public["progress"]
    assert told.data["change"]["by"] == "entity"
    history = (await desk.get(f"/pledges/{pledge_id}/history")).json()["items"]
    assert [step["action"] for step in history] == ["published", "reported"]


async def test_nobodys_name_is_on_a_report(desk: Desk) -> None:
    pledge_id = await desk.published()
    done = await desk.post(f"/pledges/{pledge_id}/updates", REPORT)
    assert "amina" not in done.text
    for path in ("", "/updates", "/history", "/versions/1"):
        answer = await desk.get(f"/pledges/{pledge_id}{path}", AMINA)
        assert answer.status_code == 200
        assert "amina" not in answer.text
    assert all("amina" not in str(event.data) for event in await desk.service.outbox())
    [row] = await desk.service.rows("select person_id from progress_update")
    assert row == {"person_id": "amina"}
