"""Handing a focal point's place over on the pages: what moves is said before it is done."""

import re
from datetime import timedelta

import pytest

from tests.integration.portal.test_members import HERE, membership, rows
from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import START
from tests.support.entities import register
from tests.support.portal import hidden_fields


async def place(whole: Whole, person: str = "amina") -> str:
    """The page of handing over, with people who can take the place."""
    for one in ("amina", "dario", "vera"):
        await register(whole.pledges, one)
    return f"{HERE}/people/{await membership(whole, person)}/handover"


async def focal_points(whole: Whole) -> list[str]:
    found = (await whole.api("/entities/veridia/memberships", "vera"))["items"]
    return [one["person_id"] for one in found if one["role"] == "focal_point"]


async def test_what_moves_is_said_and_nothing_is_done_before_it_is_confirmed(whole: Whole) -> None:
    path, amina = await place(whole), whole.person("amina")
    assert path in (await amina.get(HERE)).text
    form = await amina.get(path)
    assert "Dario (Delegate)" in form.text
    assert "Vera (Viewer)" in form.text
    looked = await send(amina, path, action="look", successor="dario")
    assert looked.status_code == 200
    for says in ("<bdi>Dario</bdi> is a focal point from now on", "You are no focal point", "What stays"):
        assert says in looked.text
    assert await focal_points(whole) == ["amina"]
    back = await amina.post(path, hidden_fields(looked) | {"action": "change"})
    assert 'value="dario" checked' in back.text
    done = await amina.post(path, hidden_fields(looked) | {"action": "do"})
    assert done.status_code == 303
    assert await focal_points(whole) == ["dario"]
    again = await amina.post(path, hidden_fields(looked) | {"action": "do"})
    assert again.status_code in {303, 403}
    after = rows(await whole.person("dario").get(HERE))
    assert [row[:2] for row in after] == [["Dario You", "Delegate"], ["Vera", "Viewer"], ["Dario You", "Focal point"]]


async def test_a_planned_handover_is_shown_and_takes_place_on_its_day(whole: Whole) -> None:
    path, amina = await place(whole), whole.person("amina")
    looked = await send(amina, path, action="look", successor="dario", since="1 October 2024")
    assert "from 1 October 2024, 00:00 UTC on" in looked.text
    planned = await follow(amina, await amina.post(path, hidden_fields(looked) | {"action": "do"}))
    goes = "goes to <bdi>Dario</bdi> at 1 October 2024, 00:00 UTC"
    for says in ("The handover is planned.", "Planned handover", goes):
        assert says in planned.text
    assert path not in planned.text
    assert ["Amina You", "Focal point", "2 September 2024", "30 September 2024", "Acts now"] in rows(planned)
    twice = await send(amina, path, action="do", successor="vera", since="2 October 2024")
    assert twice.status_code == 422
    whole.pledges.set_clock(START + timedelta(days=30))
    assert await focal_points(whole) == ["dario"]
    assert "Planned handover" not in (await whole.person("dario").get(HERE)).text


async def test_a_planned_handover_is_withdrawn_until_it_has_happened(whole: Whole) -> None:
    path, amina = await place(whole), whole.person("amina")
    await send(amina, path, action="do", successor="dario", since="1 October 2024")
    shown = await whole.person("dario").get(HERE)
    assert ("Planned handover" in shown.text, "Withdraw the handover" in shown.text) == (True, False)
    page = await amina.get(HERE)
    [button] = re.findall(rf'action="({HERE}/handovers/[^"]+)"', page.text)
    for person, status in (("dario", 403), ("kofi", 404)):
        other = whole.person(person)
        refused = await other.post(button, hidden_fields(await other.get("/my/pledges")))
        assert refused.status_code == status, refused.text
    assert (await amina.post(button, {"key": "x"})).status_code == 403
    after = await follow(amina, await amina.post(button, hidden_fields(page)))
    assert "The handover is withdrawn: all stays as it was." in after.text
    assert ["Amina You", "Focal point", "2 September 2024", "no end is set", "Acts now"] in rows(after)
    assert ("Planned handover" in after.text, path in after.text) == (False, True)
    late = await amina.post(button, hidden_fields(page) | {"key": "another"})
    assert "Nothing was done" in (await follow(amina, late)).text
    whole.pledges.set_clock(START + timedelta(days=30))
    assert await focal_points(whole) == ["amina"]


async def test_staff_withdraw_what_a_focal_point_planned(whole: Whole) -> None:
    path, noor = await place(whole), whole.person("noor", "network_staff")
    await send(whole.person("amina"), path, action="do", successor="dario", since="1 October 2024")
    page = await noor.get(HERE)
    [button] = re.findall(rf'action="({HERE}/handovers/[^"]+)"', page.text)
    assert "is withdrawn" in (await follow(noor, await noor.post(button, hidden_fields(page)))).text


async def test_to_whom_would_be_refused_nothing_is_offered(whole: Whole) -> None:
    path, amina = await place(whole), whole.person("amina")
    await send(whole.person("noor", "network_staff"), path, action="do", successor="dario", since="1 October 2024")
    page = await amina.get(HERE)
    assert ("Planned handover" in page.text, "Withdraw the handover" in page.text) == (True, False)


async def test_staff_hand_over_the_place_of_who_is_gone(whole: Whole) -> None:
    path, noor = await place(whole), whole.person("noor", "network_staff")
    assert path in (await noor.get(path.removesuffix("/handover"))).text
    looked = await send(noor, path, action="look", successor="vera")
    assert "<bdi>Amina</bdi> is no focal point from then on" in looked.text
    await follow(noor, await noor.post(path, hidden_fields(looked) | {"action": "do"}))
    assert await focal_points(whole) == ["vera"]


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"successor": ""}, "successor"),
        ({"successor": "amina"}, "successor"),
        ({"successor": "nobody"}, "successor"),
        ({"since": "soon"}, "since"),
        ({"since": "2024-09-01"}, "since"),
        ({"since": "2200-12-31"}, ""),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(whole: Whole, changed: dict[str, str], at: str) -> None:
    path, amina = await place(whole), whole.person("amina")
    answer = await send(amina, path, {"successor": "dario", "since": ""} | changed, action="do")
    assert answer.status_code == (422 if at else 303), answer.text
    assert not at or f'href="#field-{at}"' in answer.text
    assert not at or await focal_points(whole) == ["amina"]


async def test_without_anybody_who_can_take_it_the_page_says_what_to_do(whole: Whole) -> None:
    path = f"{HERE}/people/{await membership(whole, 'amina')}/handover"
    page = await whole.person("amina").get(path)
    assert ("Nobody can take the place yet." in page.text, f'href="{HERE}/invite"' in page.text) == (True, True)


async def test_only_ones_own_place_and_only_a_focal_points(whole: Whole) -> None:
    path, amina = await place(whole), whole.person("amina")
    of_dario = f"{HERE}/people/{await membership(whole, 'dario')}/handover"
    assert (await amina.get(of_dario)).status_code == 404
    assert (await whole.person("noor", "network_staff").get(of_dario)).status_code == 404
    token = hidden_fields(await whole.person("dario").get(HERE))
    dario = whole.person("dario")
    token = hidden_fields(await dario.get(HERE))
    stolen = await dario.post(path, token | {"action": "do", "successor": "dario"})
    assert stolen.status_code == 403
    assert await focal_points(whole) == ["amina"]
