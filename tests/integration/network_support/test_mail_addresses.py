"""Answers by mail: only the address that a mail comes to tells whose it is, and to which request."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.network_support.conversation.inbound.filing import Filing
from tests.integration.network_support.arriving import GATEWAY, address, arrives, mails, told
from tests.integration.network_support.support import DELEGATE, FOCAL_POINT, OTHER, REVIEWER, STAFF, VIEWER, Support
from tests.integration.network_support.test_conversation import MACHINE, begun, path, said
from tests.support.files import PDF
from tests.support.raw_mails import plain, raw
from tests.support.tokens import bearer


async def test_an_answer_by_mail_is_the_answer(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge, "needs_info")
    text = "Geneva.\n\nOn Monday, GCM pledges <no-reply@demo.invalid> wrote:\n> Which consulates?\n"
    mail = raw(await address(support, request), text, files=(("plan.pdf", PDF),))
    assert await arrives(support, mail) == ["accepted"]
    [_, message] = await said(support, request)
    assert message | {"at": None} == {
        "number": 2,
        "sender": "requester",
        "internal": False,
        "asks": False,
        "text": "Geneva.",
        "quoted": "On Monday, GCM pledges <no-reply@demo.invalid> wrote:\n> Which consulates?",
        "language": None,
        "channel": "mail",
        "elsewhere": False,
        "left_out": [],
        "at": None,
    }
    assert (await support.read(request))["state"] == "triage"
    [row] = await support.service.rows("select person, by from request_history where step = 'answered'")
    assert row == {"person": FOCAL_POINT, "by": "entity"}
    [file] = (await support.get(path(request, "attachments"), STAFF)).json()["items"]
    assert (file["name"], file["message"], file["by"]) == ("plan.pdf", 2, "entity")
    assert (await support.get(path(request, f"attachments/{file['attachment_id']}"), STAFF)).content == PDF
    [line] = await mails(support)
    assert (line["outcome"], line["request_id"], line["number"]) == ("accepted", request["request_id"], 2)
    assert "request.reply.v1" in await support.events()


async def test_subject_and_from_give_nobody_anything(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    subject = f"Re: [{request['request_id']}]"
    mail = plain(f"Subject: {subject}", "To: support@reply.demo.invalid", "In-Reply-To: <request@demo.invalid>")
    assert await arrives(support, mail) == ["unknown_address"]
    assert await said(support, request) == []


async def test_a_forged_from_acts_for_nobody_but_whose_address_it_is(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request, DELEGATE), sender="Amina Diallo <amina@demo.invalid>")
    assert await arrives(support, mail) == ["accepted"]
    [row] = await support.service.rows("select person from message")
    assert row["person"] == DELEGATE
    assert [one["elsewhere"] for one in await said(support, request)] == [True]
    for reader in (bearer(FOCAL_POINT), REVIEWER):
        assert [one["elsewhere"] for one in await said(support, request, reader)] == [None]


@pytest.mark.parametrize("place", [10, 20, 40])
async def test_a_forged_address_is_unknown(support: Support, pledge: UUID, place: int) -> None:
    request = await begun(support, pledge)
    made = await address(support, request)
    forged = made[:place] + ("a" if made[place] != "a" else "b") + made[place + 1 :]
    assert await arrives(support, raw(forged)) == ["unknown_address"]
    assert (await said(support, request), await told(support)) == ([], [])


@pytest.mark.parametrize("person", [OTHER, VIEWER, "gone"])
async def test_who_is_no_member_any_more_is_not_heard(support: Support, pledge: UUID, person: str) -> None:
    request = await begun(support, pledge)
    assert await arrives(support, raw(await address(support, request, person))) == ["not_a_member"]
    assert (await said(support, request), await told(support)) == ([], [])


async def test_a_membership_that_ends_ends_the_address(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request, DELEGATE)
    assert await arrives(support, raw(to)) == ["accepted"]
    del support.people.roles[DELEGATE]
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["not_a_member"]


async def test_long_after_the_end_the_address_is_over_and_the_person_is_told(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    await support.post(path(request, "withdraw"), seen=3)
    assert await arrives(support, raw(to)) == ["accepted"]
    support.service.set_clock(support.moment.business + timedelta(days=91))
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["expired"]
    assert await told(support) == ["expired"]
    [*_, event] = await support.service.outbox()
    asked = {"request_id": request["request_id"], "mail_id": event.data["mail_id"]}
    assert (await support.post("/messages/resolve", asked, MACHINE)).json()["person_id"] == FOCAL_POINT


async def test_while_it_is_not_known_who_may_write_the_mail_comes_again(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request))
    support.people.down = True
    answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert (answer.status_code, await mails(support)) == (503, [])
    support.people.down = False
    assert await arrives(support, mail) == ["accepted"]


async def test_the_same_mail_twice_is_one(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    to = await address(support, request)
    mail = raw(to)
    by_another_way = b"Received: from elsewhere\r\n" + mail + b"\r\n"
    for again in (mail, mail, by_another_way, mail.replace(b"\r\n", b"\n")):
        assert await arrives(support, again) == ["accepted"]
    assert len(await said(support, request)) == len(await mails(support)) == 1
    assert await arrives(support, raw(to, "Something else.")) == ["accepted"]  # a Message-ID alone proves nothing
    assert await arrives(support, raw(to, message_id="<2@example.org>")) == ["accepted"]
    assert len(await said(support, request)) == 3


async def test_the_same_mail_at_the_same_time_is_one(support: Support, pledge: UUID) -> None:
    request = await begun(support, pledge)
    mail = raw(await address(support, request), files=(("plan.pdf", PDF),))
    assert await asyncio.gather(*(arrives(support, mail) for _ in range(6))) == [["accepted"]] * 6
    assert len(await said(support, request)) == len(await mails(support)) == 1
    assert len((await support.get(path(request, "attachments"), STAFF)).json()["items"]) == 1


async def test_a_mail_to_two_requests_is_said_on_both_and_twice_on_none(support: Support, pledge: UUID) -> None:
    one, other = await begun(support, pledge), await support.opened(pledge)
    to = [await address(support, one), await address(support, other), await address(support, one, DELEGATE)]
    assert await arrives(support, raw(", ".join(to))) == ["accepted"] * 2
    assert (len(await said(support, one)), len(await said(support, other))) == (1, 1)


async def test_only_the_gateway_brings_mails(support: Support) -> None:
    mail = raw()
    for who in (STAFF, MACHINE, {}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        assert (await support.service.client.post("/inbound/mail", content=mail, headers=who)).status_code == 403
    for who, status in ((bearer(FOCAL_POINT), 403), (REVIEWER, 403), (STAFF, 200)):
        assert (await support.get("/inbound/mails", who)).status_code == status


async def test_an_answer_about_a_merged_request_arrives_where_it_goes_on(support: Support, pledge: UUID) -> None:
    merged, into = await begun(support, pledge), await support.opened(pledge)
    to = await address(support, merged)
    body = {"into": into["request_id"], "reason": "The same."}
    assert (await support.post(path(merged, "merge"), body, STAFF, seen=3)).status_code == 200
    assert await arrives(support, raw(to)) == ["accepted"]
    assert (len(await said(support, merged)), len(await said(support, into))) == (0, 1)
    for who in (STAFF, bearer(FOCAL_POINT)):
        answer = await support.post(path(merged), {"text": "Hello."}, who)
        assert (answer.status_code, answer.json()["into"]) == (409, into["request_id"])


async def test_an_answer_is_not_lost_when_its_request_is_merged_while_it_is_read(
    support: Support, pledge: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged, into = await begun(support, pledge), await support.opened(pledge)
    mail = raw(await address(support, merged))
    take = Filing.take

    async def meanwhile(self: Filing, files: Any) -> Any:
        body = {"into": into["request_id"], "reason": "The same."}
        assert (await support.post(path(merged, "merge"), body, STAFF, seen=3)).status_code == 200
        return await take(self, files)

    with monkeypatch.context() as context:
        context.setattr(Filing, "take", meanwhile)
        answer = await support.service.client.post("/inbound/mail", content=mail, headers=GATEWAY)
    assert answer.status_code == 503  # the gateway brings it again
    assert await mails(support) == []
    assert await arrives(support, mail) == ["accepted"]
    assert (len(await said(support, merged)), len(await said(support, into))) == (0, 1)
