"""What an entity does with a pledge that another one filed in its name."""

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import Whole, follow, send
from tests.support.api import once
from tests.support.entities import add_entity, give
from tests.support.tokens import bearer

WAITS = "Filed in your entity’s name"


@pytest.fixture
async def filed(whole: Whole) -> str:
    """A pledge that Tarela, for which Tariq acts, submitted in the name of Veridia."""
    city = {"entity_id": "tarela", "kind": "local_government", "names": {"en": "City of Tarela"}}
    await add_entity(whole.pledges, **city, aliases=[], groups=[])
    await give(whole.pledges, "tariq", entity_id="tarela")
    body = EXAMPLE | {"entity_id": "veridia", "proxy_entity_id": "tarela", "submit": True}
    made = await whole.pledges.client.post("/pledges", json=body, headers=once(bearer("tariq")))
    assert made.is_success, made.text
    return str(made.json()["pledge_id"])


async def test_what_waits_is_listed_read_and_accepted(whole: Whole, filed: str) -> None:
    amina, path = whole.person("amina"), f"/my/pledges/{filed}/proxy"
    listed = (await amina.get("/my/pledges")).text
    assert WAITS in listed
    assert path in listed
    page = (await amina.get(path)).text
    assert "<bdi>City of Tarela</bdi>" in page
    assert "Nairobi, Kenya" in page
    accepted = await follow(amina, await send(amina, path, answer="accepted"))
    assert "Accepted. Once it is submitted" in accepted.text
    assert WAITS not in accepted.text
    copy = await whole.api(f"/pledges/{filed}/working-copy")
    assert (copy["state"], copy["proxy"]["answer"]) == ("submitted", "accepted")
    assert "It does not wait for an answer" in (await amina.get(path)).text


async def test_a_refusal_has_a_reason_and_sends_it_back(whole: Whole, filed: str) -> None:
    amina, path = whole.person("amina"), f"/my/pledges/{filed}/proxy"
    bare = await send(amina, path, answer="refused")
    assert (bare.status_code, 'href="#field-reason"' in bare.text) == (422, True)
    none = await send(amina, path)
    assert (none.status_code, 'href="#field-answer"' in none.text) == (422, True)
    refused = await follow(amina, await send(amina, path, answer="refused", reason="Eight posts."))
    assert "Refused. It is back with those who filed it" in refused.text
    copy = await whole.api(f"/pledges/{filed}/working-copy")
    assert (copy["state"], copy["proxy"]["answer"]) == ("changes_requested", "refused")


async def test_those_who_filed_it_do_not_answer(whole: Whole, filed: str) -> None:
    tariq = whole.person("tariq")
    assert WAITS not in (await tariq.get("/my/pledges")).text
    refused = await send(tariq, f"/my/pledges/{filed}/proxy", answer="accepted")
    assert refused.status_code == 403
    assert (await whole.api(f"/pledges/{filed}/working-copy"))["proxy"]["answer"] == "asked"
