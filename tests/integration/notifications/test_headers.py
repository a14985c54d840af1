"""What mails carry for mail programs: lists to leave with one click, threads; and a title is only ever text."""

from email.message import EmailMessage
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from services.notifications.preferences.links import Links, Stop
from shared.events.people import PersonErased
from tests.integration.notifications.inbox import text
from tests.integration.notifications.support import Post
from tests.integration.notifications.test_sending import AMINA, queued
from tests.support.api import MAIL_KEYS
from tests.support.mails import Page

EVIL = [
    "T\r\nBcc: x@example.org",
    "moc.elpmaxe \u202e evil",
    "=cmd|' /C calc'!A0",
    "{{7*7}} {% raw %}",
    "=?utf-8?q?T?=",
]


async def only(post: Post) -> EmailMessage:
    [mail] = [mail for mail in post.inbox.mails if AMINA in mail["To"]]
    return mail


def ways(mail: EmailMessage) -> list[str]:
    """The links to what can be chosen, in the plain text."""
    bases = ("http://public.test/preferences/", "http://public.test/unsubscribe/")
    return [line for line in text(mail).splitlines() if line.startswith(bases)]


async def test_a_mail_about_a_pledge_can_be_left_and_stands_with_the_others_of_it(post: Post) -> None:
    await queued(post)
    await post.send()
    mail, [row, _] = await only(post), await post.deliveries()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<pledges.demo.invalid>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["References"] == mail["In-Reply-To"] == f"<pledge-{row['pledge_id']}@demo.invalid>"
    assert mail["Message-ID"] == f"<{row['id']}@demo.invalid>"
    base, _, token = mail["List-Unsubscribe"].strip("<>").rpartition("/")
    assert base == "http://public.test/unsubscribe"
    assert Links(MAIL_KEYS).stop(token) == Stop(person_id="amina", stops="pledges")


async def test_mails_about_who_somebody_is_here_cannot_be_left_but_lead_to_what_can_be_chosen(post: Post) -> None:
    await post.hears("membership.handed_over.v1")
    await post.send()
    assert len(post.inbox.mails) == 2
    for mail in post.inbox.mails:
        assert mail["List-Unsubscribe"] is None
        assert mail["List-Id"] == "<membership.demo.invalid>"
        [choose] = ways(mail)
        assert f"{Links(MAIL_KEYS).whose(choose.rpartition('/')[2])}@demo.invalid" in mail["To"]


async def test_text_and_html_of_a_mail_show_both_links_and_no_person(post: Post) -> None:
    await queued(post)
    await post.send()
    mail = await only(post)
    choose, leave = ways(mail)
    assert f"<{leave}>" == mail["List-Unsubscribe"]
    assert Links(MAIL_KEYS).whose(choose.removeprefix("http://public.test/preferences/")) == "amina"
    html = mail.get_body(("html",))
    assert html is not None
    for link, words in ((choose, "Choose which mails you get"), (leave, "Get no more mails of this kind")):
        assert f'href="{link}"' in html.get_content()
        assert words in html.get_content()
        assert words in text(mail)
    assert "/amina" not in html.get_content() + text(mail)


async def test_whoever_is_only_invited_has_no_page_of_choices(post: Post) -> None:
    await post.hears("invitation.issued.v1")
    await post.send()
    [mail] = post.inbox.mails
    assert ways(mail) == []


async def test_who_made_a_report_has_a_page_of_choices_of_their_own(post: Post) -> None:
    """The ledger knows them by the report alone; the link is of the person."""
    await post.hears("pledge.evidence_declined.v1")
    await post.send()
    [mail] = [mail for mail in post.inbox.mails if "dario@demo.invalid" in mail["To"]]
    [choose] = ways(mail)
    assert Links(MAIL_KEYS).whose(choose.rpartition("/")[2]) == "dario"


@pytest.mark.parametrize("pledges", [1, 2])
async def test_reminders_of_one_pledge_stand_with_it_and_of_several_with_their_milestone(
    post: Post, pledges: int
) -> None:
    post.people.focal_points = {"veridia": ["amina"]}
    await post.knows_milestone()
    ids = [uuid7() for _ in range(pledges)]
    for id_ in ids:
        await post.knows(id_)
    await post.planner().tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    thread = f"pledge-{ids[0]}" if pledges == 1 else "reminders-plenary-2024"
    mail = await only(post)
    assert mail["References"] == f"<{thread}@demo.invalid>"
    assert mail["List-Id"] == "<reminders.demo.invalid>"


@pytest.mark.parametrize("evil", EVIL)
async def test_a_title_is_text_in_subject_and_bodies(post: Post, evil: str) -> None:
    post.people.title = evil
    await queued(post)
    await post.send()
    mail = await only(post)
    shown = " ".join(evil.replace("\u202e", " ").split())
    assert mail["Bcc"] is None
    assert "\u202e" not in str(mail)
    assert shown.replace("=?", "= ?") in mail["Subject"]
    assert shown in text(mail).replace("\n", " ")
    html = mail.get_body(("html",))
    assert html is not None
    assert "49" not in Page(html.get_content()).words  # a sealed link may hold any digits
    assert "Bcc: x@example.org" not in mail.as_string().splitlines()


async def test_one_click_stops_one_kind_of_mail(post: Post) -> None:
    """The token of the mail's own header, without a cookie or a token of anybody's."""
    await queued(post)
    await post.send()
    token = (await only(post))["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    client, held = post.service.client, {"token": token}
    assert (await client.get("/unsubscribe", params=held)).status_code == 405
    for _ in range(2):  # looking changes nothing
        answer = await client.post("/unsubscribe/check", json=held)
        assert answer.json() | {"preferences": ""} == {"category": "pledges", "off_since": None, "preferences": ""}
    first = await client.post("/unsubscribe", json=held)
    assert (first.status_code, first.json()["category"]) == (200, "pledges")
    again = await client.post("/unsubscribe", json=held)
    assert again.json()["off_since"] == first.json()["off_since"]  # since the first time
    post.inbox.forget()
    await queued(post)
    await post.hears("membership.handed_over.v1")
    await post.send()
    sent: list[Any] = [template for to, template in post.inbox.sent() if to == AMINA]
    assert sent == ["handover_former"]  # about who she is here, she is told all the same
    assert [row["reason"] for row in await post.deliveries() if row["state"] == "suppressed"] == ["turned_off"]


async def test_a_link_altered_by_one_character_stops_nothing(post: Post) -> None:
    await queued(post)
    await post.send()
    token = (await only(post))["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    for at in (0, 20, len(token) // 2, len(token) - 1):
        altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        answer = await post.service.client.post("/unsubscribe", json={"token": altered})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "token")
    assert await post.service.rows("select * from mail_preference") == []


async def test_who_is_erased_leaves_no_preference_behind(post: Post) -> None:
    await post.run("insert into mail_preference values ('amina', 'pledges', now()), ('bao', 'pledges', now())")
    await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    assert [row["person_id"] for row in await post.service.rows("select * from mail_preference")] == ["bao"]


async def test_links_of_who_is_erased_write_nothing_again_until_they_are_back(post: Post) -> None:
    await queued(post)
    await post.send()
    token = (await only(post))["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    stopping = await post.service.client.post("/unsubscribe/check", json={"token": token})
    choice = {"token": stopping.json()["preferences"], "off": [], "rhythm": "daily"}
    await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    post.people.unknown.add("amina")

    async def answers() -> list[int]:
        stop = await post.service.client.post("/unsubscribe", json={"token": token})
        return [stop.status_code, (await post.service.client.post("/preferences", json=choice)).status_code]

    assert await answers() == [404, 404]
    assert await post.service.rows("select person_id from mail_preference") == []
    assert await post.service.rows("select person_id from mail_rhythm") == []
    post.people.unknown.clear()
    assert await answers() == [200, 200]
    assert await post.service.rows("select person_id from mail_rhythm") == [{"person_id": "amina"}]
