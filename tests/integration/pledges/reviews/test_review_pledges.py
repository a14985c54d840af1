"""Who has reported for a milestone and who is silent, with the denominator."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.api import START, Service, once
from tests.support.entities import STAFF, add_entity, faults, give, made
from tests.support.tokens import bearer

AMINA = bearer("amina")
DAY = timedelta(days=1)


async def statement(pledges: Service, title: str, cycle: str | None = "2022") -> str:
    """A published pledge of Veridia."""
    body = {
        "entity_id": "veridia",
        "title": title,
        "description": f"{title}, in full.",
        "kind": "individual",
        "objectives": ["objective-4"],
        "forms": ["process"],
        "period": {"end": "2026"},
        "review_cycle": cycle,
        "sources": [{"title": "Statement in the plenary"}],
    }
    made_now = await made(pledges.client.post("/statements", json=body, headers=once(STAFF)))
    return str(made_now["pledge_id"])


async def report(pledges: Service, pledge_id: str, status: str = "in_progress") -> None:
    body = {"status": status, "summary": "Some posts issue documents."}
    await made(pledges.client.post(f"/pledges/{pledge_id}/updates", json=body, headers=once(AMINA)))


async def figures(pledges: Service, code: str = "plenary-2024", **query: Any) -> dict[str, Any]:
    page = await made(pledges.client.get(f"/reviews/{code}/pledges", params=query))
    return {name: page[name] for name in ("denominator", "reported", "silent")} | {
        "titles": [item["title"] for item in page["items"]]
    }


@pytest.fixture
async def veridia(pledges: Service) -> Service:
    await add_entity(pledges)
    await give(pledges, "amina")
    return pledges


async def test_without_pledges_the_denominator_is_nought(pledges: Service) -> None:
    assert await figures(pledges) == {"denominator": 0, "reported": 0, "silent": 0, "titles": []}


async def test_reported_and_silent_with_their_denominator(veridia: Service) -> None:
    first, second = [await statement(veridia, title) for title in ("First", "Second")]
    await statement(veridia, "Of the next cycle", "2026")
    await statement(veridia, "Of no cycle", None)
    await report(veridia, first, "delayed")
    page = await made(veridia.client.get("/reviews/plenary-2024/pledges"))
    assert (page["denominator"], page["reported"], page["silent"]) == (2, 1, 1)
    assert page["review"]["code"] == "plenary-2024"
    assert "2022" in page["rule"]
    silent, reported = page["items"]
    assert silent == {
        "pledge_id": second,
        "title": "Second",
        "entity": {"entity_id": "veridia", "name": "Veridia", "kind": "member_state", "fictional": True},
        "origin": "public_statement",
        "reported": False,
        "voice": "silent",
        "status": None,
        "last_reported_at": None,
    }
    assert (reported["reported"], reported["voice"], reported["status"]) == (True, "reported", "delayed")
    assert reported["last_reported_at"].startswith("2024-09-02")


async def test_only_reported_or_only_silent_ones_with_the_figures_of_all(veridia: Service) -> None:
    for title in ("First", "Second", "Third"):
        pledge_id = await statement(veridia, title)
        if title != "Second":
            await report(veridia, pledge_id)
    figures_of_all = {"denominator": 3, "reported": 2, "silent": 1}
    assert await figures(veridia, reported=True) == figures_of_all | {"titles": ["Third", "First"]}
    assert await figures(veridia, reported=False) == figures_of_all | {"titles": ["Second"]}


async def test_a_draft_counts_nowhere(veridia: Service) -> None:
    body = {"entity_id": "veridia", "title": "Secret", "review_cycle": "2022"}
    await made(veridia.client.post("/pledges", json=body, headers=once(AMINA)))
    answer = await veridia.client.get("/reviews/plenary-2024/pledges")
    assert answer.json()["denominator"] == 0
    assert "Secret" not in answer.text


async def test_a_withdrawn_pledge_is_taken_out_and_a_fulfilled_one_stays(veridia: Service) -> None:
    for title, reason in (("Withdrawn", "withdrawn"), ("Fulfilled", "fulfilled")):
        pledge_id = await statement(veridia, title)
        copy = await veridia.client.get(f"/pledges/{pledge_id}/working-copy", headers=STAFF)
        headers = once(STAFF) | {"If-Match": copy.headers["etag"]}
        await made(veridia.client.post(f"/pledges/{pledge_id}/close", json={"reason": reason}, headers=headers))
    assert (await figures(veridia))["titles"] == ["Fulfilled"]


async def test_a_pledge_made_after_the_plenary_is_not_the_plenarys(veridia: Service) -> None:
    await statement(veridia, "In time")
    veridia.set_clock(START.replace(month=12, day=6, hour=4))  # eleven in the evening of the fifth in New York
    await statement(veridia, "On the day")
    veridia.set_clock(START.replace(month=12, day=6, hour=6))
    await statement(veridia, "Too late")
    assert (await figures(veridia))["titles"] == ["On the day", "In time"]


async def test_a_moved_milestone_counts_by_its_new_date(veridia: Service) -> None:
    veridia.set_clock(START.replace(month=12, day=8))
    await statement(veridia, "On the eighth")
    assert (await figures(veridia))["denominator"] == 0
    body = {"starts": "2024-12-12", "time_zone": "America/New_York", "reason": "The hall is taken."}
    await made(veridia.client.put("/reviews/plenary-2024", json=body, headers=STAFF | {"If-Match": '"1"'}))
    veridia.set_clock(START.replace(month=12, day=9))
    assert (await figures(veridia))["denominator"] == 1


async def test_a_report_from_before_the_cycle_does_not_count_in_it(veridia: Service) -> None:
    pledge_id = await statement(veridia, "Of the next cycle", "2026")
    await report(veridia, pledge_id)
    veridia.set_clock(START + 365 * DAY)
    assert (await figures(veridia, "imrf-2026"))["silent"] == 1
    await report(veridia, pledge_id)
    assert (await figures(veridia, "imrf-2026"))["reported"] == 1


async def test_all_pages_together_are_the_denominator(veridia: Service) -> None:
    titles = [f"Pledge {number}" for number in range(7)]
    for title in titles:
        await statement(veridia, title)
    seen: list[str] = []
    address: str | None = "/reviews/plenary-2024/pledges?limit=3"
    while address:
        page = await veridia.client.get(address)
        seen += [item["title"] for item in page.json()["items"]]
        assert page.json()["denominator"] == 7
        address = page.links.get("next", {}).get("url")
    assert seen == titles[::-1]


async def test_a_cursor_of_another_list_is_refused(veridia: Service) -> None:
    for title in ("First", "Second"):
        await statement(veridia, title)
    page = await made(veridia.client.get("/reviews/plenary-2024/pledges", params={"limit": 1}))
    cursor = page["next"]
    for path, query in (
        ("plenary-2024", {"cursor": cursor, "reported": False}),
        ("imrf-2026", {"cursor": cursor}),
        ("plenary-2024", {"cursor": cursor[:-2]}),
    ):
        answer = await veridia.client.get(f"/reviews/{path}/pledges", params=query)
        assert (answer.status_code, set(faults(answer))) == (422, {"cursor"})


async def test_an_unknown_milestone_or_filter_is_refused(pledges: Service) -> None:
    assert (await pledges.client.get("/reviews/imrf-1999/pledges")).status_code == 404
    answer = await pledges.client.get("/reviews/plenary-2024/pledges", params={"reported": "perhaps"})
    assert (answer.status_code, set(faults(answer))) == (422, {"reported"})
