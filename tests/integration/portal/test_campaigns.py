"""What came of the reminders, on pages, before real services."""

import csv
import io

import pytest

from tests.integration.notifications.test_campaigns import measure
from tests.integration.portal.test_rehearsals import Desk
from tests.integration.portal.test_rehearsals import desk as desk  # noqa: PLC0414 - a fixture


@pytest.fixture
async def counted(desk: Desk) -> Desk:
    """One pledge of two people was reminded of."""
    desk.post.set_clock(2024, 11, 5)
    await desk.post.tick()
    await measure(desk.post)
    return desk


async def test_the_list_leads_to_each_milestone_and_its_file(counted: Desk) -> None:
    assert "/desk/campaigns" in (await counted.staff().get("/desk/mails")).text
    listed = (await counted.reviewer().get("/desk/campaigns")).text
    assert 'href="/desk/campaigns/plenary-2024"' in listed
    assert "<td>2 of 2 (100%)</td><td>0 of 2 (0%)</td><td>0 of 1 (0%)</td>" in listed
    shown = (await counted.reviewer().get("/desk/campaigns/plenary-2024")).text
    assert "30 days before" in shown
    assert "This is no proof." in shown
    assert "–" in shown  # of nothing there is no share
    file = await counted.staff().get("/desk/campaigns/plenary-2024/figures.csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))) == 81


async def test_of_what_nobody_counted_there_is_no_page(desk: Desk) -> None:
    assert "No reminders have been counted yet" in (await desk.staff().get("/desk/campaigns")).text
    assert (await desk.staff().get("/desk/campaigns/plenary-2024")).status_code == 404


@pytest.mark.parametrize("path", ["", "/plenary-2024", "/plenary-2024/figures.csv"])
async def test_it_is_for_the_desk(counted: Desk, path: str) -> None:
    assert (await counted.portal.signed_in("amina").get(f"/desk/campaigns{path}")).status_code == 403
