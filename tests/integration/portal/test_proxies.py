"""A pledge that one entity files in another's name: how it is filed, and what that one does with it."""

import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import FORM, Whole, follow, send, send_file
from tests.support.api import once
from tests.support.entities import add_entity, give
from tests.support.files import PDF
from tests.support.portal import hidden_fields
from tests.support.tokens import bearer

WAITS = "Filed in your entity’s name"


@pytest.fixture
async def filed(whole: Whole) -> str:
    """A pledge that Tarela, for which Tariq acts, submitted in the name of Veridia."""
    await city(whole)
    body = EXAMPLE | {"entity_id": "veridia", "proxy_entity_id": "tarela", "submit": True}
    made = await whole.pledges.client.post("/pledges", json=body, headers=once(bearer("tariq")))
    assert made.is_success, made.text
    return str(made.json()["pledge_id"])


async def city(whole: Whole) -> None:
    """Tarela, for which Tariq acts."""
    tarela = {"entity_id": "tarela", "kind": "local_government", "names": {"en": "City of Tarela"}}
    await add_entity(whole.pledges, **tarela, aliases=[], groups=[])
    await give(whole.pledges, "tariq", entity_id="tarela")


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


@pytest.mark.parametrize("typed", ["veridia", " Véridie ", "Republic of Veridia"])
async def test_the_form_files_in_the_name_of_another_entity(whole: Whole, typed: str) -> None:
    await city(whole)
    tariq, new = whole.person("tariq"), "/my/pledges/new"
    mine = FORM | {"entity_id": "tarela", "on_behalf_of": typed}
    page = await follow(tariq, await send(tariq, new, mine))
    assert "filed it in the name of <bdi>Veridia</bdi>" in page.text
    assert "That entity has not answered yet" in page.text
    [item] = await whole.listed("tariq")
    assert (item["entity_id"], item["proxy"]) == ("veridia", {"entity_id": "tarela", "answer": "asked"})
    path = f"/my/pledges/{item['pledge_id']}"
    attached = await follow(tariq, await send_file(tariq, f"{path}/file", ("plan.pdf", PDF)))
    assert "<bdi>plan.pdf</bdi>" in attached.text
    again = await follow(tariq, await send(tariq, path, FORM, title="Better words", action="submit"))
    assert "Submitted." in again.text
    assert (await whole.api(f"/pledges/{item['pledge_id']}/working-copy"))["content"]["title"] == "Better words"
    assert WAITS in (await whole.person("amina").get("/my/pledges")).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Atlantis", "No entity here is called “Atlantis”"),
        ("Republic", "may be several entities"),
        ("tarela", "own entity"),
        ("\x00", "form"),
        ("x" * 3000, "No entity here is called"),
    ],
)
async def test_in_whose_name_must_be_clear(whole: Whole, typed: str, says: str) -> None:
    await city(whole)
    other = {"entity_id": "lumora", "names": {"en": "Lumora"}, "aliases": ["Republic of Lumora"]}
    await add_entity(whole.pledges, **other)
    answer = await send(whole.person("tariq"), "/my/pledges/new", FORM | {"entity_id": "tarela", "on_behalf_of": typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{FORM["title"]}"' in answer.text
    assert await whole.listed("tariq") == []


async def test_those_who_filed_it_learn_why_it_was_refused_and_mend_it(whole: Whole, filed: str) -> None:
    amina, tariq, path = whole.person("amina"), whole.person("tariq"), f"/my/pledges/{filed}"
    await send(amina, f"{path}/proxy", answer="refused", reason="Eight <b>posts</b>.")
    page = (await tariq.get(path)).text
    assert "That entity has refused it" in page
    assert "Eight &lt;b&gt;posts&lt;/b&gt;." in page
    done = await follow(tariq, await send(tariq, path, FORM, title="Eight posts", action="submit"))
    assert "Submitted." in done.text
    assert (await whole.api(f"/pledges/{filed}/working-copy"))["proxy"]["answer"] == "asked"


async def test_nobody_files_for_an_entity_that_is_not_theirs(whole: Whole) -> None:
    await city(whole)
    for person in ("kofi", "vera"):
        browser = whole.person(person)
        token = hidden_fields(await browser.get("/my/pledges/new"))
        stolen = token | FORM | {"entity_id": "tarela", "on_behalf_of": "veridia"}
        assert (await browser.post("/my/pledges/new", stolen)).status_code == 403
    assert await whole.listed("tariq") == []
