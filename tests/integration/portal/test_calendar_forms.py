"""Staff add milestones and review cycles on the pages; bad input is explained and kept, others may not."""

from typing import Any

import pytest

from tests.integration.portal.whole import HTML, Whole, follow, send
from tests.support.portal import Browser, hidden_fields

MILESTONE, CYCLE = "/desk/calendar/milestone", "/desk/calendar/cycle"
REGIONAL: dict[str, Any] = {
    "cycle": "2026",
    "kind": "regional_review",
    "code": "africa-dialogue-2025",
    "name.en": f"Dialogue {HTML}",
    "name.ar": "حوار",
    "starts": "September 2025",
    "seat": "Addis Ababa",
    "time_zone": "Africa/Addis_Ababa",
    "tentative": "yes",
    "group": "african",
    "reason": "The African States meet before the Forum.",
}
FORUM = {
    "forum.code": "imrf-2030",
    "forum.name.en": "Forum 2030",
    "forum.starts": "May 2030",
    "forum.time_zone": "America/New_York",
    "forum.tentative": "yes",
    "forum.reminders": "yes",
}
PLENARY = {
    "plenary.code": "plenary-2028",
    "plenary.name.en": "Plenary 2028",
    "plenary.starts": "5 December 2028",
    "plenary.time_zone": "America/New_York",
}
NEW: dict[str, Any] = FORUM | {
    "code": "2030",
    "name.en": f"Cycle of 2030 {HTML}",
    "opens": "9 May 2026",
    "time_zone": "America/New_York",
    "reason": "States begin to pledge.",
}


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


async def cycles(whole: Whole) -> dict[str, Any]:
    return {one["code"]: one for one in (await whole.api("/reviews"))["items"]}


async def test_a_milestone_is_added_and_everybody_reads_why(whole: Whole) -> None:
    desk = noor(whole)
    assert f'href="{MILESTONE}"' in (await desk.get("/reviews")).text
    done = await follow(desk, await send(desk, MILESTONE, REGIONAL))
    assert "Added: everybody sees it." in done.text
    found = await whole.api("/reviews/africa-dialogue-2025")
    assert found["names"] == {"en": REGIONAL["name.en"], "ar": "حوار"}
    assert (found["starts"], found["group"], found["tentative"], found["reminders"]) == (
        *("2025-09", "african"),
        *(True, False),
    )
    public = (await whole.portal.browser().get("/reviews/africa-dialogue-2025")).text
    assert "The African States meet before the Forum." in public
    assert "<script" not in public
    taken = await send(desk, MILESTONE, REGIONAL)
    assert (taken.status_code, 'href="#field-code"' in taken.text) == (422, True)


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"code": ""}, "code"),
        ({"code": "Big Letters"}, "code"),
        ({"cycle": "1999"}, "cycle"),
        ({"kind": "party"}, "kind"),
        ({"name.en": ""}, "name-en"),
        ({"name.fr": "x" * 501}, "name-fr"),
        ({"starts": ""}, "starts"),
        ({"starts": "1 June 2023"}, "starts"),
        ({"ends": "August 2025"}, "ends"),
        ({"time_zone": "Moon/Base"}, "time_zone"),
        ({"group": "moon"}, "group"),
        ({"document": "ftp://x"}, "document"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_a_milestone_that_cannot_be_is_explained_and_kept(whole: Whole, changed: dict[str, str], at: str) -> None:
    answer = await send(noor(whole), MILESTONE, REGIONAL | changed)
    assert answer.status_code == 422
    assert f'href="#field-{at}"' in answer.text
    assert f'id="field-{at}"' in answer.text
    for value in ("Addis Ababa", "حوار"):
        assert f'value="{value}"' in answer.text
    assert all("africa-dialogue-2025" not in str(one) for one in (await cycles(whole)).values())


async def test_a_cycle_is_added_with_its_forum_and_plenary_and_pledges_name_it(whole: Whole) -> None:
    desk = noor(whole)
    page = await follow(desk, await send(desk, CYCLE, NEW | PLENARY))
    assert "pledges can name it" in page.text
    assert "Added by the Network’s staff on 2 September 2024:" in page.text
    found = (await cycles(whole))["2030"]
    assert (found["forum"], found["plenary"]) == ("imrf-2030", "plenary-2028")
    assert "<script" not in page.text
    form = await whole.person("amina").get("/my/pledges/new")
    assert '<option value="2030">Cycle of 2030 &lt;script&gt;' in form.text
    late = await send(desk, MILESTONE, REGIONAL | {"cycle": "2030", "code": "africa-2029", "starts": "2029"})
    assert "Added" in (await follow(desk, late)).text
    taken = await send(desk, CYCLE, NEW)
    assert (taken.status_code, "already" in taken.text, 'value="imrf-2030"' in taken.text) == (422, True, True)


async def test_a_plenary_of_which_nothing_is_said_is_none(whole: Whole) -> None:
    desk = noor(whole)
    await follow(desk, await send(desk, CYCLE, NEW))
    assert (await cycles(whole))["2030"]["plenary"] is None


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"code": "next"}, "code"),
        ({"opens": ""}, "opens"),
        ({"opens": "soon"}, "opens"),
        ({"opens": "2031"}, "opens"),
        ({"time_zone": ""}, "time_zone"),
        ({"name.en": ""}, "name-en"),
        ({"forum.code": ""}, "forum-code"),
        ({"forum.code": "Forum!"}, "forum-code"),
        ({"forum.starts": "1 June 2023"}, "forum-starts"),
        ({"forum.time_zone": "Moon/Base"}, "forum-time_zone"),
        ({"forum.name.fr": "x" * 501}, "forum-name-fr"),
        ({"plenary.code": "plenary-2028"}, "plenary-name-en"),
        (PLENARY | {"plenary.ends": "2027"}, "plenary-ends"),
        (PLENARY | {"plenary.code": "imrf-2030"}, "plenary-code"),
        ({"reason": " "}, "reason"),
    ],
)
async def test_a_cycle_that_cannot_be_is_explained_and_kept(whole: Whole, changed: dict[str, str], at: str) -> None:
    answer = await send(noor(whole), CYCLE, NEW | changed)
    assert answer.status_code == 422
    assert f'href="#field-{at}"' in answer.text
    assert f'id="field-{at}"' in answer.text
    assert 'value="Forum 2030"' in answer.text
    assert "2030" not in await cycles(whole)


async def test_only_staff_and_only_our_own_form(whole: Whole) -> None:
    token = {"csrf": hidden_fields(await noor(whole).get(CYCLE))["csrf"]}
    assert (await noor(whole).post(CYCLE, token | NEW)).status_code == 403  # another browser's form
    for person in (whole.person("rosa", "reviewer"), whole.person("amina")):
        mine = {"csrf": hidden_fields(await person.get("/my/pledges"))["csrf"]}
        for address, form in ((MILESTONE, REGIONAL), (CYCLE, NEW)):
            assert (await person.get(address)).status_code == 403
            assert (await person.post(address, mine | form)).status_code == 403
        assert CYCLE not in (await person.get("/reviews")).text
    assert "2030" not in await cycles(whole)
