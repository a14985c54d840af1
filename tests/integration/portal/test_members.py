"""Who acts for an entity, on the pages: read by its people, changed by its focal points and the Network's staff."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from services.portal.pages import members
from tests.integration.portal.whole import HTML, Whole, follow, send
from tests.support.entities import give, register
from tests.support.portal import Browser, hidden_fields

HERE = "/members/veridia"
INVITE = f"{HERE}/invite"
WISH = {"role": "delegate", "address": "dora@demo.invalid", "language": "fr"}


async def membership(whole: Whole, person: str, entity: str = "veridia") -> str:
    """The id of what somebody holds."""
    found = (await whole.api(f"/entities/{entity}/memberships", "amina" if entity == "veridia" else "kofi"))["items"]
    return str(next(one["membership_id"] for one in found if one["person_id"] == person))


def rows(answer: httpx.Response) -> list[list[str]]:
    """The table of members as text: name, role, first day, last day, state."""
    [body] = re.findall(r"<tbody>(.*?)</tbody>", answer.text, re.DOTALL)
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL) for line in lines]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in line] for line in cells]


async def test_the_people_of_an_entity_are_listed_with_role_days_and_state(whole: Whole) -> None:
    for person in ("amina", "dario"):
        await register(whole.pledges, person, name=f"{person.title()} {HTML}")
    await give(whole.pledges, "robot", "delegate", machine=True, until="2025-01-01T00:00:00Z")
    await give(whole.pledges, "eve", "viewer", since="2024-10-01T00:00:00Z")
    amina = whole.person("amina")
    listed = await amina.get("/my/pledges")
    assert f'href="{HERE}"' in listed.text
    page = await amina.get(HERE)
    name = "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;&lt;b&gt;"
    today = "2 September 2024"
    assert rows(page) == [
        [f"Amina {name} You", "Focal point", today, "no end is set", "Acts now"],
        [f"Dario {name}", "Delegate", today, "no end is set", "Acts now"],
        ["vera", "Viewer", today, "no end is set", "Acts now"],
        ["robot Machine", "Delegate", today, "31 December 2024", "Acts now"],
        ["eve", "Viewer", "1 October 2024", "no end is set", "Not yet"],
    ]
    assert "demo.invalid" not in page.text


async def test_members_read_others_see_nothing_and_only_managers_get_buttons(whole: Whole) -> None:
    for person in ("dario", "vera"):
        page = await whole.person(person).get(HERE)
        assert (page.status_code, INVITE in page.text, "/people/" in page.text) == (200, False, False)
        assert "Open invitations" not in page.text
    reviewer = await whole.person("rosa", "reviewer").get(HERE)
    assert (reviewer.status_code, INVITE in reviewer.text) == (200, False)
    officer = await whole.person("noor", "network_staff").get(HERE)
    assert (officer.status_code, INVITE in officer.text) == (200, True)
    other = await whole.person("kofi").get(HERE)
    assert (other.status_code, "amina" in other.text) == (403, False)
    assert (await whole.portal.browser().get(HERE)).status_code == 303
    assert (await whole.person("amina").get("/members/atlantis")).status_code == 404


async def test_staff_find_an_entity_by_name_and_others_see_their_own(whole: Whole) -> None:
    amina, noor = whole.person("amina"), whole.person("noor", "network_staff")
    own = await amina.get("/members?q=kalmora")
    assert (f'href="{HERE}"' in own.text, "/members/kalmora" in own.text) == (True, False)
    assert "/members/kalmora" in (await noor.get("/members?q=Kalm")).text
    assert "No entity is called so" in (await noor.get("/members?q=nowhere")).text
    assert "You do not act for an entity yet" in (await whole.person("nobody").get("/members")).text


async def test_an_invitation_is_sent_again_withdrawn_and_its_address_is_gone(whole: Whole) -> None:
    amina = whole.person("amina")
    sent = await send(amina, INVITE, WISH, since="2024-10-01", until="31 December 2024")
    page = await follow(amina, sent)
    assert "The invitation is on its way by e-mail." in page.text
    for says in ("dora@demo.invalid", "from 1 October 2024", "until 31 December 2024", "Sent once."):
        assert says in page.text
    [made] = (await whole.api("/entities/veridia/invitations"))["items"]
    assert (made["role"], made["language"], made["until"]) == ("delegate", "fr", "2025-01-01T00:00:00Z")
    buttons = hidden_fields(page)
    again = await follow(amina, await amina.post(f"{HERE}/invitations", buttons | {"action": "again"}))
    assert "Sent 2 times." in again.text
    gone = await amina.post(f"{HERE}/invitations", hidden_fields(again) | {"action": "withdraw"})
    after = await follow(amina, gone)
    assert ("its link does nothing any more" in after.text, "dora@demo.invalid" in after.text) == (True, False)
    late = await amina.post(f"{HERE}/invitations", hidden_fields(again) | {"action": "withdraw", "key": "another"})
    assert "Nothing was done" in (await follow(amina, late)).text


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"address": ""}, "address"),
        ({"address": "dora"}, "address"),
        ({"address": "dora@demo.invalid\nBcc: all@demo.invalid"}, "address"),
        ({"address": "dora@demo.invalid\r\n"}, "address"),
        ({"address": f"{HTML}@demo.invalid"}, "address"),
        ({"address": "x" * 600 + "@demo.invalid"}, "address"),
        ({"role": ""}, "role"),
        ({"role": "emperor"}, "role"),
        ({"language": "xx"}, "language"),
        ({"since": "soon"}, "since"),
        ({"until": "2024-02-30"}, "until"),
        ({"until": "2024-08-31"}, "until"),
        ({"until": "2200"}, "until"),
        ({"since": "2025", "until": "2024-12"}, "until"),
    ],
)
async def test_what_is_wrong_with_an_invitation_is_said_at_its_field(
    whole: Whole, changed: dict[str, str], at: str
) -> None:
    answer = await send(whole.person("amina"), INVITE, WISH | changed)
    assert answer.status_code == 422, answer.text
    assert f'href="#field-{at}"' in answer.text
    assert f'id="field-{at}-fault"' in answer.text
    assert "<script>" not in answer.text
    assert (await whole.api("/entities/veridia/invitations"))["items"] == []


async def test_a_second_invitation_to_an_address_and_a_form_sent_twice(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get(INVITE)) | WISH
    answers = [await amina.post(INVITE, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len((await whole.api("/entities/veridia/invitations"))["items"]) == 1
    twice = await send(amina, INVITE, WISH)
    assert (twice.status_code, "There is an open invitation" in twice.text) == (422, True)


@pytest.mark.parametrize(("person", "roles"), [("dario", ()), ("vera", ()), ("kofi", ()), ("rosa", ("reviewer",))])
async def test_who_does_not_manage_can_invite_end_and_give_nothing(
    whole: Whole, person: str, roles: tuple[str, ...]
) -> None:
    browser, of_vera = whole.person(person, *roles), await membership(whole, "vera")
    places = (INVITE, f"{HERE}/people/{of_vera}", f"{HERE}/people/{await membership(whole, 'amina')}/handover")
    assert [(await browser.get(place)).status_code for place in places] == [403, 403, 403]
    token = hidden_fields(await browser.get("/my/pledges"))
    forms: list[tuple[str, dict[str, Any]]] = [
        (INVITE, WISH),
        (f"{HERE}/people/{of_vera}", {"action": "end"}),
        (f"{HERE}/people/{of_vera}", {"action": "give", "role": "delegate"}),
    ]
    for place, form in forms:
        answer = await browser.post(place, token | form)
        assert answer.status_code == 403, answer.text
    found = await whole.api("/entities/veridia/memberships")
    assert [(one["role"], one["until"]) for one in found["items"]] == [
        ("focal_point", None),
        ("delegate", None),
        ("viewer", None),
    ]


async def test_a_focal_point_ends_and_gives_those_below_and_no_focal_points(whole: Whole) -> None:
    amina = whole.person("amina")
    of_vera, of_amina = await membership(whole, "vera"), await membership(whole, "amina")
    page = await amina.get(f"{HERE}/people/{of_vera}")
    assert "What they did for the entity stays." in page.text
    given = await send(amina, f"{HERE}/people/{of_vera}", action="give", role="delegate", until="2025")
    assert "The role is given." in (await follow(amina, given)).text
    token = hidden_fields(page)
    refused = await amina.post(f"{HERE}/people/{of_vera}", token | {"action": "give", "role": "focal_point"})
    assert (refused.status_code, "Focal points are named by" in refused.text) == (403, True)
    assert 'value="end"' not in (await amina.get(f"{HERE}/people/{of_amina}")).text
    assert (await amina.post(f"{HERE}/people/{of_amina}", token | {"action": "end", "key": "k"})).status_code == 403
    ended = await send(amina, f"{HERE}/people/{of_vera}", action="end")
    after = await follow(amina, ended)
    assert "The membership has ended." in after.text
    assert [row[:2] for row in rows(after)] == [
        ["amina You", "Focal point"],
        ["dario", "Delegate"],
        ["vera", "Delegate"],
    ]
    with_ended = rows(await amina.get(f"{HERE}?ended=yes"))
    assert ["vera", "Viewer", "2 September 2024", "2 September 2024", "No longer"] in with_ended
    again = await amina.post(f"{HERE}/people/{of_vera}", token | {"action": "end", "key": "another"})
    assert "Nothing was done" in (await follow(amina, again)).text


async def test_what_is_wrong_with_another_role_is_said_at_its_field(whole: Whole) -> None:
    amina, path = whole.person("amina"), f"{HERE}/people/{await membership(whole, 'vera')}"
    for form, at in (
        ({"role": ""}, "role"),
        ({"role": "delegate", "since": "soon"}, "since"),
        ({"role": "delegate", "until": "2024-08-31"}, "until"),
        ({"role": "viewer"}, "form"),  # has it already
    ):
        answer = await send(amina, path, {"action": "give", "since": "", "until": ""} | form)
        assert (answer.status_code, f'href="#field-{at}"' in answer.text) == (422, True), form


async def test_staff_end_the_only_focal_point_after_a_warning(whole: Whole) -> None:
    noor, path = whole.person("noor", "network_staff"), f"{HERE}/people/{await membership(whole, 'amina')}"
    assert "This is the only focal point." in (await noor.get(path)).text
    await follow(noor, await send(noor, path, action="end"))
    assert (await whole.person("amina").get(HERE)).status_code == 403


async def test_one_entitys_membership_is_not_reached_through_another(whole: Whole) -> None:
    of_kofi = await membership(whole, "kofi", "kalmora")
    amina = whole.person("amina")
    assert (await amina.get(f"{HERE}/people/{of_kofi}")).status_code == 404
    token = hidden_fields(await amina.get(HERE))
    for form in ({"action": "end"}, {"action": "give", "role": "viewer"}):
        assert (await amina.post(f"{HERE}/people/{of_kofi}", token | form)).status_code == 404
    assert (await amina.get(f"{HERE}/people/nobody")).status_code == 404
    machine = await give(whole.pledges, "robot", "viewer", machine=True)
    page = await amina.get(f"{HERE}/people/{machine['membership_id']}")
    assert ('value="end"' in page.text, 'value="give"' in page.text) == (True, False)


async def test_only_open_invitations_fill_a_page(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "ON_A_PAGE", 1)
    amina = whole.person("amina")
    for name in ("first", "second", "third"):
        page = await follow(amina, await send(amina, INVITE, WISH | {"address": f"{name}@demo.invalid"}))
    await follow(amina, await amina.post(f"{HERE}/invitations", hidden_fields(page) | {"action": "withdraw"}))
    page = await amina.get(HERE)
    assert ("second@demo.invalid" in page.text, "first@demo.invalid" in page.text) == (True, False)
    [following] = re.findall(r'rel="next" href="([^"]+)"', page.text)
    last = await amina.get(unescape(following))
    assert ("first@demo.invalid" in last.text, 'rel="next"' in last.text) == (True, False)


@pytest.mark.parametrize("path", [INVITE, f"{HERE}/invitations", f"{HERE}/people/{{}}", f"{HERE}/people/{{}}/handover"])
async def test_forms_from_elsewhere_are_refused(whole: Whole, path: str) -> None:
    await register(whole.pledges, "dario")
    address = path.format(await membership(whole, "amina" if "handover" in path else "vera"))
    amina, theirs = whole.person("amina"), hidden_fields(await whole.person("dario").get("/my/pledges"))
    form = WISH | {"action": "do", "successor": "dario"}
    for forged in (form, form | theirs):
        answer = await amina.post(address, forged)
        assert (answer.status_code, "was not sent from the page" in answer.text) == (403, True)


async def test_what_was_typed_is_kept_when_the_session_has_ended(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get(INVITE)) | WISH
    lost: Browser = whole.portal.browser()
    lost.jar = {key: value for key, value in amina.jar.items() if key[1] != "gcm-session"}
    answer = await lost.post(INVITE, form)
    assert (answer.status_code, hidden_fields(answer)["address"]) == (403, "dora@demo.invalid")
