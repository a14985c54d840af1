"""A request on the pages of who asked: drafts, files, answers, confirming and rating, taking up again."""

from uuid import UUID

import pytest

from services.network_support.requests import commands
from services.network_support.requests.lifecycle import Step
from services.network_support.requests.schemas import Wish
from shared.authors import SYSTEM, Author
from tests.integration.portal.whole import HTML, RTL, Whole, follow, post_file
from tests.support.api import once
from tests.support.files import PDF, PROGRAM
from tests.support.portal import hidden_fields
from tests.support.tokens import bearer

STAFF = Author("noor", "network_staff")
WISH = {"type": "fund_proposal", "text": f"{RTL} {HTML}", "language": "ar"}
WAY: tuple[Step, ...] = (
    *("acknowledged", "triaged", "accepted", "matching_begun", "matched", "delivery_begun", "delivered"),
)


async def asked(whole: Whole, pledge_id: str) -> str:
    body = {"entity_id": "veridia", "pledge_id": pledge_id, **WISH}
    made = await whole.support.client.post("/requests", json=body, headers=once(bearer("amina")))
    assert made.is_success, made.text
    return str(made.json()["request_id"])


async def take(whole: Whole, request_id: str, *steps: Step) -> None:
    """By staff."""
    async with whole.support.database.transaction() as session:
        for step in steps:
            found = await commands.locked(session, UUID(request_id))
            reason = f"{step}: {HTML}"
            await commands.take(session, found, step, STAFF, whole.support.clock.moment(), reason=reason)


async def state(whole: Whole, request_id: str) -> str:
    answer = await whole.support.client.get(f"/requests/{request_id}", headers=bearer("amina"))
    return str(answer.json()["state"])


def at(pledge_id: str, request_id: str) -> str:
    return f"/my/pledges/{pledge_id}/support/{request_id}/life"


async def test_a_draft_is_begun_changed_given_a_file_and_sent(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    form = hidden_fields(await amina.get(f"/my/pledges/{pledge_id}/support"))
    page = await follow(amina, await amina.post(f"/my/pledges/{pledge_id}/support", form | WISH | {"action": "draft"}))
    assert "The draft is saved. Nothing was sent." in page.text
    here = str(page.url.path)
    request_id = here.split("/")[5]
    assert "Only people of your entity see it." in page.text
    saved = await amina.post(here, hidden_fields(page) | WISH | {"text": "Other words", "action": "save"})
    page = await follow(amina, saved)
    assert "Other words" in page.text
    sent = await post_file(amina, f"{here}/files", ("plan.pdf", PDF), hidden_fields(page))
    page = await follow(amina, sent)
    assert "plan.pdf" in page.text
    listed = await amina.get(f"/my/pledges/{pledge_id}/support")
    assert f'href="{here}">Open the draft' in listed.text
    done = await amina.post(here, hidden_fields(page) | WISH | {"text": "Last words", "action": "send"})
    page = await follow(amina, done)
    assert "Your request is on its way." in page.text
    assert await state(whole, request_id) == "submitted"
    assert "Last words" in page.text


async def test_a_draft_is_discarded(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    form = hidden_fields(await amina.get(f"/my/pledges/{pledge_id}/support"))
    page = await follow(amina, await amina.post(f"/my/pledges/{pledge_id}/support", form | WISH | {"action": "draft"}))
    gone = await amina.post(str(page.url.path), hidden_fields(page) | WISH | {"action": "discard"})
    assert "The draft is discarded." in (await follow(amina, gone)).text


async def test_the_draft_of_a_report_is_shown_in_place_of_the_form(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    async with whole.support.database.transaction() as session:
        wish = Wish.model_validate({"entity_id": "veridia", "pledge_id": pledge_id, **WISH})
        request = commands.begun(wish, whole.support.clock.moment())
        request.from_update = 3
        session.add(request)
        await commands.take(session, request, "drafted", SYSTEM, whole.support.clock.moment())
    page = await follow(amina, await amina.get(f"/my/pledges/{pledge_id}/support?about=3"))
    assert "This draft was made from report 3" in page.text
    assert (await amina.get(f"/my/pledges/{pledge_id}/support?about=4")).status_code == 200


async def test_a_question_is_answered(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    await take(whole, request_id, "acknowledged", "triaged", "asked")
    assert "have a question: read and answer" in (await amina.get(f"/my/pledges/{pledge_id}/support")).text
    page = await amina.get(at(pledge_id, request_id))
    assert "asked: &lt;script&gt;" in page.text
    assert "waits for your answer" in page.text
    form = hidden_fields(page) | {"action": "answer"}
    blank = await amina.post(at(pledge_id, request_id), form | {"reason": " "})
    assert (blank.status_code, "answer what was asked" in blank.text) == (422, True)
    page = await follow(amina, await amina.post(at(pledge_id, request_id), form | {"reason": "In Arkady"}))
    assert "In Arkady" in page.text
    assert await state(whole, request_id) == "triage"


async def test_help_is_confirmed_rated_and_what_others_learn_can_be_saved(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    await take(whole, request_id, *WAY)
    page = await amina.get(at(pledge_id, request_id))
    assert "Did the help arrive?" in page.text
    said = {"rating": "4", "comment": f"Good {HTML}", "lessons": "Begin small", "action": "confirm"}
    form = hidden_fields(page)
    page = await follow(amina, await amina.post(at(pledge_id, request_id), form | said))
    for words in ("Thank you.", "4 – useful", "Good &lt;script&gt;", "Begin small"):
        assert words in page.text
    assert await state(whole, request_id) == "confirmed"
    lessons = await amina.get(f"{at(pledge_id, request_id)}/lessons")
    assert lessons.headers["content-disposition"].startswith("attachment")
    assert lessons.json()["lessons"] == [{"by": "entity", "text": "Begin small"}]
    again = await amina.post(at(pledge_id, request_id), form | said | {"key": "another"})
    assert "Nothing was done" in (await follow(amina, again)).text


async def test_nothing_need_be_filled_in_to_confirm(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    await take(whole, request_id, *WAY)
    form = hidden_fields(await amina.get(at(pledge_id, request_id))) | {"action": "confirm"}
    await follow(amina, await amina.post(at(pledge_id, request_id), form))
    assert await state(whole, request_id) == "confirmed"


async def test_what_was_closed_is_taken_up_again(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    await take(whole, request_id, *WAY, "closed")
    form = hidden_fields(await amina.get(at(pledge_id, request_id))) | {"action": "reopen"}
    assert (await amina.post(at(pledge_id, request_id), form | {"reason": ""})).status_code == 422
    page = await follow(amina, await amina.post(at(pledge_id, request_id), form | {"reason": "One is missing"}))
    assert "One is missing" in page.text
    assert await state(whole, request_id) == "triage"


async def test_it_is_taken_back(whole: Whole) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    form = hidden_fields(await amina.get(at(pledge_id, request_id)))
    page = await follow(amina, await amina.post(at(pledge_id, request_id), form | {"action": "withdraw"}))
    assert "The request is taken back." in page.text
    assert await state(whole, request_id) == "withdrawn"


@pytest.mark.parametrize("content", [b"", PROGRAM])
async def test_a_file_that_is_not_taken_is_said_beside_its_field(whole: Whole, content: bytes) -> None:
    amina, pledge_id = whole.person("amina"), await whole.published()
    request_id = await asked(whole, pledge_id)
    page = await amina.get(at(pledge_id, request_id))
    sent = await post_file(amina, f"{at(pledge_id, request_id)}/files", ("plan.pdf", content), hidden_fields(page))
    assert (sent.status_code, 'href="#field-file"' in sent.text) == (422, True)


async def test_who_may_not_write_sees_no_form_and_others_nothing(whole: Whole) -> None:
    pledge_id = await whole.published()
    await whole.carry()
    request_id = await asked(whole, pledge_id)
    await take(whole, request_id, *WAY)
    vera = await whole.person("vera").get(at(pledge_id, request_id))
    assert (vera.status_code, 'name="action"' in vera.text) == (200, False)
    assert (await whole.person("kofi").get(at(pledge_id, request_id))).status_code == 404
    assert (await whole.person("kofi").get(f"{at(pledge_id, request_id)}/lessons")).status_code == 404
    assert (await whole.portal.browser().get(at(pledge_id, request_id))).status_code == 303
