"""Advice on the form of a pledge: asked for by a button, and shown once a draft is saved."""

from tests.integration.portal.whole import FORM, Whole, follow, send

BARE = {"title": "Schools", "kind": "individual", "language": "en", "description": "We will open schools to refugees."}


async def test_advice_on_a_new_pledge_saves_nothing_and_keeps_what_was_typed(whole: Whole) -> None:
    amina = whole.person("amina")
    answer = await send(amina, "/my/pledges/new", BARE, action="advise")
    assert answer.status_code == 200
    assert 'id="advice"' in answer.text
    assert "The text speaks of refugees (“refugees”) and not of migrants." in answer.text
    assert "We will open schools to refugees.</textarea>" in answer.text
    assert '<a href="#field-period-end">Ends</a>' in answer.text
    assert (await whole.api("/me/pledges"))["items"] == []


async def test_advice_on_a_draft_is_about_what_is_typed_and_not_yet_saved(whole: Whole) -> None:
    amina = whole.person("amina")
    pledge_id = await whole.draft()
    answer = await send(amina, f"/my/pledges/{pledge_id}", FORM, title="A gift of EUR 1-2 million", action="advise")
    assert "The amount “EUR 1-2 million” is a range." in answer.text
    assert (await whole.api(f"/pledges/{pledge_id}/working-copy"))["revision"] == 1


async def test_a_saved_draft_shows_its_advice_once(whole: Whole) -> None:
    amina = whole.person("amina")
    saved = await send(amina, "/my/pledges/new", BARE, action="save")
    page = await follow(amina, saved)
    assert "Saved. Nobody was told of it" in page.text
    assert 'id="advice"' in page.text
    later = await amina.get(saved.headers["location"].partition("?")[0])
    assert 'id="advice"' not in later.text


async def test_advice_speaks_the_readers_language_and_says_so(whole: Whole) -> None:
    amina = whole.person("amina")
    opened = await send(amina, "/my/pledges/new", BARE, action="advise")
    assert '<span lang="en" dir="auto">' in opened.text
    amina.http.headers["Accept-Language"] = "ar"
    answer = await send(amina, "/my/pledges/new", BARE, action="advise")
    assert '<span lang="ar" dir="auto">يتحدث النص عن اللاجئين' in answer.text


async def test_what_the_form_cannot_read_is_said_before_any_advice(whole: Whole) -> None:
    answer = await send(whole.person("amina"), "/my/pledges/new", BARE | {"period.end": "soon"}, action="advise")
    assert answer.status_code == 422
    assert 'href="#field-period-end"' in answer.text
    assert 'id="advice"' not in answer.text


async def test_what_no_pledge_may_hold_is_said_at_its_field(whole: Whole) -> None:
    answer = await send(whole.person("amina"), "/my/pledges/new", BARE | {"language": "?"}, action="advise")
    assert answer.status_code == 422
    assert 'href="#field-language"' in answer.text


async def test_what_was_written_is_escaped_in_advice(whole: Whole) -> None:
    text = "We will open refugees<script>alert(1)</script>; by 26 April <b>"
    answer = await send(whole.person("amina"), "/my/pledges/new", BARE | {"description": text}, action="advise")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


async def test_advice_names_what_a_pledge_may_be_the_same_as_and_never_itself(whole: Whole) -> None:
    amina = whole.person("amina")
    public = await whole.published()
    answer = await send(amina, "/my/pledges/new", FORM, action="advise")
    assert "It may be the same as" in answer.text
    assert f'<a href="/pledges/{public}" dir="auto">' in answer.text
    assert "The titles are the same." in answer.text
    draft = await whole.draft(title="Bees", description="", objectives=["objective-1"], main_objectives=[])
    again = await send(amina, f"/my/pledges/{draft}", action="advise")
    assert f'/my/pledges/{draft}" dir' not in again.text
