"""The conversation about a request on the pages of both sides."""

from tests.integration.portal.test_desk import asked, noor
from tests.integration.portal.whole import HTML, RTL, Whole, follow
from tests.support.api import MAIL, once
from tests.support.entities import STAFF
from tests.support.files import PDF
from tests.support.portal import hidden_fields
from tests.support.raw_mails import raw
from tests.support.tokens import bearer


async def test_staff_ask_and_the_entity_answers(whole: Whole) -> None:
    pledge_id = await whole.published()
    request_id = await asked(whole, pledge_id)
    desk, at = noor(whole), f"/desk/requests/{request_id}"
    for number, step in enumerate(["acknowledge", "triage"], 1):
        headers = once(STAFF) | {"If-Match": f'"{number}"'}
        await whole.support.client.post(f"/requests/{request_id}/{step}", headers=headers)
    form = hidden_fields(await desk.get(at)) | {"action": "ask", "text": f"Which consulates? {HTML}"}
    page = await follow(desk, await desk.post(at, form))
    assert "The request waits for the answer." in page.text
    assert "Which consulates? &lt;script&gt;" in page.text
    assert 'value="ask"' not in page.text  # it waits already
    note = hidden_fields(await desk.get(at)) | {"action": "note", "text": "Amina is on leave."}
    assert "Only staff see it." in (await follow(desk, await desk.post(at, note))).text
    amina, mine = whole.person("amina"), f"/my/pledges/{pledge_id}/support/{request_id}"
    listed = await amina.get(f"/my/pledges/{pledge_id}/support")
    assert f'href="{mine}"' in listed.text
    assert "have a question" in listed.text
    page = await amina.get(mine)
    assert "wait for your answer" in page.text
    assert "on leave" not in page.text
    answer = hidden_fields(page) | {"action": "write", "text": f"Geneva\r\nand {RTL}"}
    page = await follow(amina, await amina.post(mine, answer))
    assert "Your message is sent." in page.text
    assert "wait for your answer" not in page.text
    page = await desk.get(at)
    assert f"Geneva\nand {RTL}" in page.text
    assert 'value="ask"' in page.text


async def test_an_empty_message_keeps_the_page_and_says_so(whole: Whole) -> None:
    pledge_id = await whole.published()
    request_id = await asked(whole, pledge_id)
    for person, at in (
        (noor(whole), f"/desk/requests/{request_id}"),
        (whole.person("amina"), f"/my/pledges/{pledge_id}/support/{request_id}"),
    ):
        form = hidden_fields(await person.get(at)) | {"action": "write", "text": " \r\n "}
        page = await person.post(at, form)
        assert (page.status_code, "Write something first." in page.text) == (422, True)
        page = await person.post(at, form | {"text": "x" * 20_001})
        assert (page.status_code, "x" * 20_001 in page.text) == (422, True)


async def test_a_question_in_a_state_that_allows_none_is_said_to_be_too_late(whole: Whole) -> None:
    request_id = await asked(whole, await whole.published())
    desk, at = noor(whole), f"/desk/requests/{request_id}"
    form = hidden_fields(await desk.get(at)) | {"action": "ask", "text": "Which?"}
    page = await desk.post(at, form)
    assert (page.status_code, "Which?" in page.text) == (422, True)


async def test_who_may_read_and_who_may_write(whole: Whole) -> None:
    pledge_id = await whole.published()
    request_id = await asked(whole, pledge_id)
    mine, at = f"/my/pledges/{pledge_id}/support/{request_id}", f"/desk/requests/{request_id}"
    assert 'class="talk-form"' in (await whole.person("dario").get(mine)).text
    assert 'class="talk-form"' not in (await whole.person("vera").get(mine)).text
    assert 'class="talk-form"' not in (await whole.person("rosa", "reviewer").get(at)).text
    assert (await whole.person("kofi").get(mine)).status_code == 404


async def test_a_mail_is_shown_with_its_files_and_what_was_left_out(whole: Whole) -> None:
    pledge_id = await whole.published()
    request_id = await asked(whole, pledge_id)
    to = (
        await whole.support.client.post(
            "/messages/resolve",
            json={"request_id": request_id, "person_id": "amina"},
            headers=once(bearer("machine", "service")),
        )
    ).json()["reply_to"]
    text = "Geneva.\n\nOn Monday, GCM <no-reply@demo.invalid> wrote:\n> Which consulates?\n"
    mail = raw(to, text, sender="Somebody <x@example.org>", files=(("plan.pdf", PDF), ("a.exe", b"MZ\x90\x00")))
    secret = {"Authorization": f"Bearer {MAIL.inbound_secret}"}
    taken = await whole.support.client.post("/inbound/mail", content=mail, headers=secret)
    assert taken.json() == {"outcomes": ["accepted"]}, taken.text
    desk, amina, at = noor(whole), whole.person("amina"), f"/desk/requests/{request_id}"
    page = await desk.get(at)
    for shown in ("by e-mail", "<summary>What it repeats", "another e-mail address", "a.exe", "were not taken"):
        assert shown in page.text
    [file] = [part.partition('"')[0] for part in page.text.split('href="') if f"{at}/files/" in part]
    found = await desk.get(file)
    assert (found.status_code, found.content) == (200, PDF)
    mine = f"/my/pledges/{pledge_id}/support/{request_id}"
    page = await amina.get(mine)
    assert "another e-mail address" not in page.text
    assert (await amina.get(file.replace(at, mine))).content == PDF
