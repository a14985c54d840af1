"""What staff see of possible duplicates, and how they merge and undo it, over the real services."""

from uuid import uuid4

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import Whole, follow, send
from tests.support.portal import Browser, hidden_fields

HTML = '<script>alert("x")</script>'


def noor(whole: Whole) -> Browser:
    return whole.person("noor", "network_staff")


def path(pledge_id: str) -> str:
    return f"/desk/submissions/{pledge_id}"


async def test_a_submission_shows_what_it_may_be_the_same_as(whole: Whole) -> None:
    public = await whole.published(title=f"Documents at every consulate {HTML}")
    submitted = await whole.draft(submit=True, title=f"Documents at all consulates {HTML}")
    for browser in (noor(whole), whole.person("rosa", "reviewer")):
        page = await browser.get(path(submitted))
        assert "It may be the same as" in page.text
        assert f'href="/pledges/{public}"' in page.text
        assert "It is of the same entity." in page.text
        assert "<script" not in page.text
        assert "/desk/merge/" not in page.text  # it is not published


async def test_two_pledges_are_merged_after_a_look_and_apart_again(whole: Whole) -> None:
    stays, copy = await whole.published(), await whole.published(title="Identity documents at all consulates")
    desk, address = noor(whole), f"/desk/merge/{copy}/{stays}"
    assert f'href="{address}"' in (await desk.get(path(copy))).text
    look = await desk.get(address)
    assert "Are these two the same pledge?" in look.text
    assert "The texts are the same." in look.text
    assert EXAMPLE["external_ids"][0]["id"] in look.text
    done = await follow(desk, await send(desk, address))
    assert "Merged. The pledge is closed" in done.text
    assert (await whole.api(f"/pledges/{copy}"))["superseded_by"] == stays
    again = await follow(desk, await desk.post(address, hidden_fields(look)))
    assert "Nothing was done" in again.text
    undone = await desk.post(f"/desk/unmerge/{copy}", hidden_fields(await desk.get(path(copy))))
    assert "Undone" in (await follow(desk, undone)).text
    assert (await whole.api(f"/pledges/{copy}"))["state"] == "published"


async def test_a_look_that_came_too_late_merges_nothing(whole: Whole) -> None:
    stays, copy = await whole.published(), await whole.published()
    desk, address = noor(whole), f"/desk/merge/{copy}/{stays}"
    look = hidden_fields(await desk.get(address))
    await send(desk, address)
    await desk.post(f"/desk/unmerge/{copy}", hidden_fields(await desk.get(path(copy))))
    late = await follow(desk, await desk.post(address, look | {"key": str(uuid4())}))
    assert "Nothing was done" in late.text
    assert (await whole.api(f"/pledges/{copy}"))["state"] == "published"


async def test_only_staff_merge_and_addresses_that_make_no_sense_lead_nowhere(whole: Whole) -> None:
    one, other = await whole.published(), await whole.published()
    for person, roles in (("amina", ()), ("rosa", ("reviewer",))):
        assert (await whole.person(person, *roles).get(f"/desk/merge/{one}/{other}")).status_code == 403
    assert (await noor(whole).get(f"/desk/merge/{one}/x")).status_code == 404
    assert (await noor(whole).get(f"/desk/merge/{one}/{one}")).status_code == 422
