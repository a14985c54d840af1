"""Pledges are written on the pages, over the real services: nothing that was typed is lost."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import httpx
import pytest

from services.pledges.registry.content import EXAMPLE
from tests.integration.portal.whole import FORM, HTML, RTL, Whole, follow, send
from tests.support.api import once
from tests.support.entities import STAFF
from tests.support.openapi import example
from tests.support.portal import Portal, hidden_fields
from tests.support.tokens import bearer


def id_of(answer: httpx.Response) -> str:
    found = re.search(r"/my/pledges/([0-9a-f-]{36})", answer.headers["location"])
    assert found, answer.headers
    return found.group(1)


async def staff_ask(whole: Whole, pledge_id: str, seen: str, *fields: dict[str, str]) -> None:
    headers = once(STAFF) | {"If-Match": seen}
    path = f"/pledges/{pledge_id}/request-changes"
    done = await whole.pledges.client.post(path, json={"fields": list(fields)}, headers=headers)
    assert done.is_success, done.text


async def test_a_draft_is_begun_saved_and_submitted(whole: Whole) -> None:
    amina = whole.person("amina")
    begun = await send(amina, "/my/pledges/new", title="A thought", kind="individual", language="en", action="save")
    page = await follow(amina, begun)
    assert "Saved. Nobody was told of it" in page.text
    pledge_id = id_of(begun)
    submitted = await send(amina, f"/my/pledges/{pledge_id}", FORM, action="submit")
    page = await follow(amina, submitted)
    assert "get an e-mail" in page.text
    assert "It is with the Network’s staff" in page.text
    assert '<form method="post"' not in page.text.partition("<main")[2]
    copy = await whole.api(f"/pledges/{pledge_id}/working-copy")
    assert copy["state"] == "submitted"
    assert copy["content"]["period"] == {"start": "2024-09", "end": "2026-06-30"}
    assert copy["content"]["targets"][0]["value"] == "12"
    assert copy["content"]["objectives"] == ["objective-4", "objective-14"]


async def test_a_cycle_that_staff_added_is_a_choice_and_stays_when_the_form_is_saved(whole: Whole) -> None:
    new = example(whole.pledges.app.openapi(), "post", "/review-cycles")
    assert (await whole.pledges.client.post("/review-cycles", json=new, headers=once(STAFF))).status_code == 201
    wish = EXAMPLE | {"entity_id": "veridia", "review_cycle": "2030"}
    draft = (await whole.pledges.client.post("/pledges", json=wish, headers=once(bearer("amina")))).json()
    amina, path = whole.person("amina"), f"/my/pledges/{draft['pledge_id']}"
    page = await amina.get(path)
    assert f'<option value="2030" selected>{new["names"]["en"]}</option>' in page.text
    saved = await send(amina, path, FORM, review_cycle="2030", action="save")
    assert saved.status_code == 303, saved.text
    assert (await whole.api(f"/pledges/{draft['pledge_id']}/working-copy"))["content"]["review_cycle"] == "2030"


async def test_what_lacks_is_said_at_the_fields_and_the_draft_is_kept(whole: Whole) -> None:
    amina = whole.person("amina")
    answer = await send(amina, "/my/pledges/new", title="A thought", kind="common", language="en", action="submit")
    assert answer.status_code == 422
    assert "It is saved as a draft, but not submitted yet" in answer.text
    for place in ("description", "objectives", "forms", "period-end", "partners"):
        assert f'href="#field-{place}"' in answer.text, place
        assert f'id="field-{place}"' in answer.text, place
    [item] = (await whole.api("/me/pledges"))["items"]
    form = hidden_fields(answer)
    done = await amina.post(f"/my/pledges/{item['pledge_id']}", form | FORM | {"action": "submit"})
    assert "Submitted." in (await follow(amina, done)).text


WRONG = {"period.end": "soon", "targets.0.value": "1,500", "targets.1.by": "2026-02-31", "matched": "theirs"}


async def test_what_is_typed_wrongly_is_kept_and_explained(whole: Whole) -> None:
    amina = whole.person("amina")
    answer = await send(amina, "/my/pledges/new", FORM | WRONG | {"title": RTL, "partners": "One\r\nTwo"})
    assert answer.status_code == 422
    for value in (*WRONG.values(), RTL, "One\nTwo", "Documents at twelve posts, up from four."):
        assert value in unescape(answer.text), value
    for place in ("period-end", "targets-0-value", "targets-1-by", "targets-1-what", "matched"):
        assert f'href="#field-{place}"' in answer.text
        assert f'id="field-{place}-fault"' in answer.text
    assert (await whole.api("/me/pledges"))["items"] == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"period.start": "2027", "period.end": "2026"}, "period-end"),
        ({"title": "x" * 10_000}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"objectives": "objective-24"}, "objectives"),
        ({"targets.0.value": "9" * 40}, "targets-0-value"),
        ({"targets.0.what": "", "targets.1.what": "x" * 501}, "targets-1-what"),
        ({"partners": "a\n" + "x" * 501}, "partners"),
        ({"language": "<x>"}, "language"),
        ({"title": "a\x00b"}, "title"),
    ],
)
async def test_what_the_api_refuses_is_said_at_its_field(whole: Whole, fields: dict[str, str], place: str) -> None:
    answer = await send(
        whole.person("amina"), "/my/pledges/new", FORM | {"targets.0.value": "", "targets.0.by": ""} | fields
    )
    assert answer.status_code == 422
    assert f'href="#field-{place}"' in answer.text, re.findall(r'href="#field[^"]*"', answer.text)
    assert f'id="field-{place}"' in answer.text


async def test_rows_are_added_and_removed_without_scripts(whole: Whole) -> None:
    amina = whole.person("amina")
    more = await send(amina, "/my/pledges/new", FORM, action="add.targets")
    assert more.status_code == 200
    assert 'name="targets.1.what"' in more.text
    assert 'value="Posts that issue documents"' in more.text
    less = await amina.post(
        "/my/pledges/new", hidden_fields(more) | FORM | {"targets.1.what": "b", "action": "remove.targets.0"}
    )
    assert 'name="targets.0.what" type="text" value="b"' in less.text
    assert "targets.1" not in less.text
    assert (await whole.api("/me/pledges"))["items"] == []


async def test_what_staff_ask_stands_at_the_fields(whole: Whole) -> None:
    pledge_id = await whole.draft(submit=True)
    await staff_ask(
        whole,
        pledge_id,
        '"1"',
        {"field": "period", "says": f"When? {HTML}"},
        {"field": "targets.0.by", "says": "Which year?"},
    )
    amina = whole.person("amina")
    listed = await amina.get("/my/pledges")
    assert "ask for changes to one pledge" in listed.text
    page = await amina.get(f"/my/pledges/{pledge_id}")
    assert re.search(r'id="field-period-end-asked">.*When\? &lt;script&gt;', page.text)
    assert 'id="field-targets-0-by-asked"' in page.text
    assert "field-period-end-asked" in re.findall(r'id="field-period-end"[^>]*aria-describedby="([^"]*)"', page.text)[0]
    done = await send(amina, f"/my/pledges/{pledge_id}", FORM, action="submit")
    assert "Submitted." in (await follow(amina, done)).text


async def test_an_amendment_begins_at_a_published_pledge_and_is_explained(whole: Whole) -> None:
    pledge_id = await whole.published()
    amina = whole.person("amina")
    shown = await amina.get(f"/my/pledges/{pledge_id}")
    assert "Everybody can see version 1" in shown.text
    assert 'name="title"' not in shown.text
    unchanged = await amina.get(f"/my/pledges/{pledge_id}?edit=true")
    assert 'name="title"' in unchanged.text
    done = await send(amina, f"/my/pledges/{pledge_id}?edit=true", FORM, title="New title", action="save")
    page = await follow(amina, done)
    assert "You are changing a published pledge" in page.text
    assert (await whole.api(f"/pledges/{pledge_id}"))["title"] == EXAMPLE["title"]


async def test_two_tabs_the_second_sees_the_difference_and_loses_nothing(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, dario = whole.person("amina"), whole.person("dario")
    path = f"/my/pledges/{pledge_id}"
    theirs, mine = hidden_fields(await dario.get(path)), hidden_fields(await amina.get(path))
    await dario.post(path, theirs | FORM | {"title": "Theirs"})
    answer = await amina.post(path, mine | FORM | {"title": f"Mine {HTML}", "partners": "IOM"})
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert "<mark>Theirs</mark>" in answer.text
    assert "<mark>Mine " in answer.text
    assert "<script>" not in answer.text
    kept = every_field(answer)
    again = await amina.post(path, kept | {"action": "edit"})
    assert 'value="Mine &lt;script&gt;' in again.text
    saved = await amina.post(path, kept | {"action": "save"})
    assert "Saved." in (await follow(amina, saved)).text
    content = (await whole.api(f"{path.replace('/my', '')}/working-copy"))["content"]
    assert (content["title"], content["partners"]) == (f"Mine {HTML}", ["IOM"])


async def test_what_only_the_other_changed_is_kept_when_two_texts_are_put_together(whole: Whole) -> None:
    pledge_id = await whole.draft(description="As it was.", partners=["IOM"])
    amina, dario = whole.person("amina"), whole.person("dario")
    path = f"/my/pledges/{pledge_id}"
    shown = await amina.get(path)
    mine, theirs = form_of(shown), form_of(await dario.get(path))
    await dario.post(path, theirs | {"title": "Theirs", "description": "His words.", "period.end": "2027"})
    answer = await amina.post(path, mine | {"description": "Her words.", "partners": "IOM\nUNICEF"})
    assert answer.status_code == 409
    proposed = dict(re.findall(r'name="take\.(\w+)" value="(\w+)" checked', answer.text))
    assert proposed == {"title": "theirs", "period": "theirs", "description": "both", "partners": "both"}
    choice = {f"take.{field}": what for field, what in proposed.items()} | {"take.partners": "mine"}
    edited = await amina.post(path, every_field(answer) | choice | {"action": "edit"})
    assert edited.status_code == 200
    assert "His words.\n\nHer words." in unescape(edited.text)
    saved = await amina.post(path, form_of(edited) | {"action": "save"})
    assert "Saved." in (await follow(amina, saved)).text
    content = (await whole.api(f"{path.replace('/my', '')}/working-copy"))["content"]
    assert (content["title"], content["period"]["end"]) == ("Theirs", "2027")
    assert (content["description"], content["partners"]) == ("His words.\n\nHer words.", ["IOM", "UNICEF"])


def form_of(answer: httpx.Response) -> dict[str, Any]:
    """What a browser would send of the form of a pledge, as it stands."""
    text = answer.text.partition("<main")[2]
    found: dict[str, Any] = every_field(answer)
    for name, value in re.findall(r'<input id="[^"]*" name="([^"]+)" type="text" value="([^"]*)"', text):
        found[unescape(name)] = unescape(value)
    for name, value in re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL):
        found[unescape(name)] = unescape(value)
    for name, value in re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]*)" checked', text):
        found.setdefault(unescape(name), []).append(unescape(value))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        found[unescape(name)] = unescape(chosen[0]) if chosen else ""
    return found


def every_field(answer: httpx.Response) -> dict[str, Any]:
    """Hidden fields with several values too."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text):
        found.setdefault(unescape(name), []).append(unescape(value))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


async def test_back_after_submitting_does_nothing_twice(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina = whole.person("amina")
    path = f"/my/pledges/{pledge_id}"
    form = hidden_fields(await amina.get(path)) | FORM | {"action": "submit"}
    assert (await amina.post(path, form)).status_code == 303
    again = await amina.post(path, form)
    assert "was not done twice" in (await follow(amina, again)).text
    other = await amina.post(path, form | {"title": "Another text"})
    assert other.status_code == 409
    assert "It cannot be changed now" in other.text
    assert "Another" in other.text
    steps = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["steps"]
    assert [step["action"] for step in steps] == ["submitted", "saved", "created"]


async def test_back_after_beginning_makes_no_second_pledge(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get("/my/pledges/new")) | FORM
    first, second = await amina.post("/my/pledges/new", form), await amina.post("/my/pledges/new", form)
    assert first.headers["location"] == second.headers["location"]
    other = await amina.post("/my/pledges/new", form | {"title": "Another text"})
    assert other.status_code == 422
    assert "You sent this form before" in other.text
    assert 'value="Another text"' in other.text
    assert len((await whole.api("/me/pledges"))["items"]) == 1


async def test_a_session_that_ended_while_typing_loses_nothing(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get("/my/pledges/new")) | FORM | {"description": "Line one\r\nline <two>"}
    session = amina.jar.pop((amina.origin, "gcm-session"))
    answer = await amina.post("/my/pledges/new", form | {"action": "save"})
    assert answer.status_code == 403
    assert "You are no longer signed in" in answer.text
    assert "line &lt;two&gt;" in answer.text
    assert 'target="_blank"' in answer.text
    amina.jar[amina.origin, "gcm-session"] = session
    done = await amina.post("/my/pledges/new", every_field(answer))
    assert "Saved." in (await follow(amina, done)).text
    [item] = (await whole.api("/me/pledges"))["items"]
    content = (await whole.api(f"/pledges/{item['pledge_id']}/working-copy"))["content"]
    assert content["description"] == "Line one\nline <two>"
    assert content["objectives"] == FORM["objectives"]


async def test_a_service_that_does_not_answer_loses_nothing(whole: Whole) -> None:
    amina = whole.person("amina")
    form = hidden_fields(await amina.get("/my/pledges/new")) | FORM
    away = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    lame = Portal(replace(whole.portal.parts, http=away)).browser()
    lame.jar = amina.jar
    answer = await lame.post("/my/pledges/new", form)
    assert answer.status_code == 503
    assert "what you wrote is kept" in answer.text
    done = await amina.post("/my/pledges/new", every_field(answer))
    assert "Saved." in (await follow(amina, done)).text
    assert len((await whole.api("/me/pledges"))["items"]) == 1
