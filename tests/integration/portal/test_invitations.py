"""The page that an invitation's link opens: looked at by anybody, accepted once by whoever signs in."""

from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import once
from tests.support.entities import MACHINE, made
from tests.support.tokens import bearer


async def invited(whole: Whole) -> tuple[str, str]:
    """The address of the page, and the invitation's id."""
    post, wish = whole.pledges.client.post, {"role": "delegate", "address": "dora@demo.invalid"}
    invitation = await made(post("/entities/veridia/invitations", json=wish, headers=once(bearer("amina"))))
    body = {"invitation_id": invitation["invitation_id"]}
    token = (await made(post("/contacts/invited", json=body, headers=MACHINE)))["token"]
    return f"/invitations/{token}", invitation["invitation_id"]


async def test_whoever_holds_the_link_signs_in_and_accepts_once(whole: Whole) -> None:
    address, _ = await invited(whole)
    looked = await whole.portal.browser().get(address)
    assert (looked.status_code, "Veridia" in looked.text, "Sign in to accept" in looked.text) == (200, True, True)
    assert looked.headers["referrer-policy"] == "no-referrer"
    dora = whole.person("dora")
    accepted = await send(dora, address)
    assert "Welcome" in (await follow(dora, accepted)).text
    assert [held["role"] for held in (await whole.api("/me/memberships", "dora"))["memberships"]] == ["delegate"]
    again = await whole.person("eve").get(address)
    assert (again.status_code, "has been accepted" in again.text) == (200, True)


async def test_what_is_over_or_altered_says_so(whole: Whole) -> None:
    address, invitation_id = await invited(whole)
    path = f"/entities/veridia/invitations/{invitation_id}/revoke"
    await made(whole.pledges.client.post(path, headers=once(bearer("amina"))))
    dora = whole.person("dora")
    withdrawn, altered = await dora.get(address), await dora.get(address[:-2])
    assert (withdrawn.status_code, "was withdrawn" in withdrawn.text) == (410, True)
    assert (altered.status_code, "cannot be read" in altered.text) == (404, True)


async def test_who_is_a_member_already_is_told(whole: Whole) -> None:
    address, _ = await invited(whole)
    body = {"person_id": "dora", "role": "delegate"}
    await made(
        whole.pledges.client.post("/entities/veridia/memberships", json=body, headers=once(bearer("ada", "admin")))
    )
    refused = await send(whole.person("dora"), address)
    assert (refused.status_code, "has this role" in refused.text) == (409, True)
