"""A draft that is saved while somebody types: as the page's script asks for it."""

from typing import Any

import httpx

from services.portal.pages.autosave import changes
from shared.client.models.pledges import Content
from tests.integration.portal.whole import FORM, Whole
from tests.support.portal import Browser, hidden_fields


async def opened(whole: Whole, person: str, pledge_id: str) -> tuple[Browser, dict[str, str]]:
    """A browser, and what its form holds besides what is typed."""
    browser = whole.person(person)
    page = await browser.get(f"/my/pledges/{pledge_id}")
    assert page.status_code == 200
    return browser, hidden_fields(page)


async def autosave(browser: Browser, pledge_id: str, fields: dict[str, Any]) -> httpx.Response:
    return await browser.post(f"/my/pledges/{pledge_id}/autosave", fields)


async def test_only_the_form_of_a_draft_may_run_a_script_and_only_ours(whole: Whole) -> None:
    draft, published = await whole.draft(), await whole.published()
    amina = whole.person("amina")
    page = await amina.get(f"/my/pledges/{draft}")
    assert 'aria-live="polite" data-autosave=' in page.text
    assert page.text.count("<script") == page.text.count('<script src="/static/autosave.js?v=') == 1
    policy = page.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "script-src 'self'; connect-src 'self';" in policy[0]
    assert "unsafe" not in policy[0]
    for path in ("/my/pledges", "/my/pledges/new", f"/my/pledges/{published}?edit=true", f"/pledges/{published}"):
        other = await amina.get(path)
        assert "<script" not in other.text
        assert "script" not in other.headers["content-security-policy"]


async def test_what_is_typed_is_saved_and_nobody_is_told(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, form = await opened(whole, "amina", pledge_id)
    del form["whole"]  # as a form that does not show all
    before = await whole.pledges.outbox()
    first = await autosave(amina, pledge_id, form | FORM | {"title": "Typed", "period.end": "2027"})
    assert first.json() == {"state": "saved", "seen": '"2"'}
    assert first.headers["cache-control"] == "no-store"
    again = await autosave(amina, pledge_id, form | FORM | {"title": "Typed", "period.end": "2027", "seen": '"2"'})
    assert again.json()["state"] == "same"
    content = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert (content["title"], content["period"]["end"]) == ("Typed", "2027")
    assert content["money"], "what the form does not show stays"
    assert await whole.pledges.outbox() == before
    # a save by hand goes on from there
    saved = await amina.post(f"/my/pledges/{pledge_id}", form | FORM | {"title": "By hand", "seen": '"2"'})
    assert saved.status_code == 303


async def test_half_a_date_hinders_only_itself(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, form = await opened(whole, "amina", pledge_id)
    typed = form | FORM | {"title": "Typed", "period.end": "30 Ju", "targets.0.value": "1,500"}
    assert (await autosave(amina, pledge_id, typed)).json()["state"] == "saved"
    content = (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]
    assert (content["title"], content["period"]["end"]) == ("Typed", "2026-06")
    assert content["targets"][0]["value"] == "12"
    bad = typed | {"seen": '"2"', "description": "x" * 20_001}
    assert (await autosave(amina, pledge_id, bad)).json()["state"] == "wrong"


async def test_it_never_fights_with_another_editor(whole: Whole) -> None:
    pledge_id = await whole.draft()
    amina, mine = await opened(whole, "amina", pledge_id)
    dario, theirs = await opened(whole, "dario", pledge_id)
    assert (await autosave(dario, pledge_id, theirs | FORM | {"title": "Theirs"})).json()["state"] == "saved"
    assert (await autosave(amina, pledge_id, mine | FORM | {"title": "Mine"})).json()["state"] == "stopped"
    assert (await whole.api(f"/pledges/{pledge_id}/working-copy"))["content"]["title"] == "Theirs"
    both = await amina.post(f"/my/pledges/{pledge_id}", mine | FORM | {"title": "Mine"})
    assert both.status_code == 409
    assert "<mark>Theirs</mark>" in both.text
    assert "<mark>Mine</mark>" in both.text


async def test_who_may_not_save_is_not_saved(whole: Whole) -> None:
    pledge_id = await whole.draft()
    _, form = await opened(whole, "amina", pledge_id)
    amina = whole.person("amina")
    forged = await autosave(amina, pledge_id, form | FORM | {"csrf": "x"})
    assert forged.status_code == 403
    published = await whole.published()
    browser, seen = await opened(whole, "amina", pledge_id)
    assert (await autosave(browser, published, seen | FORM)).json()["state"] == "stopped"
    kofi, _ = await opened(whole, "amina", pledge_id)
    kofi.jar |= whole.person("kofi").jar
    assert (await autosave(kofi, pledge_id, seen | FORM)).status_code in {403, 404}


def test_what_is_saved_of_a_form() -> None:
    before = Content(title="A", description="B", partners=["C"])
    now = Content(title="A", description="", partners=["C", "D"], matches=None)
    assert changes(before, now, []) == {"description": "", "partners": ["C", "D"]}
    assert changes(before, now, ["description"]) == {"partners": ["C", "D"]}
    assert changes(before, before, ["title", "matched", "targets.0.by"]) == {}
