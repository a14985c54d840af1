"""Mails that come back, and what becomes of the address: whose they are only a signed return path tells."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from services.notifications.deliveries.returning import ReturnPath
from services.notifications.deliveries.suppression.hashing import Hashing
from tests.integration.notifications.people import address
from tests.integration.notifications.support import REVIEWER, STAFF, Post
from tests.integration.notifications.test_sending import AMINA, BAO, queued, try_again
from tests.support.api import MAIL_KEYS
from tests.support.bounces import complaint, report
from tests.support.tokens import bearer

MACHINE = bearer("mail-host", "service")


async def comes_back(post: Post, raw: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    headers = {"Content-Type": "message/rfc822", **(MACHINE if headers is None else headers)}
    return await post.service.client.post("/bounces", content=raw, headers=headers)


async def effects(post: Post, raw: bytes) -> list[str]:
    answer = await comes_back(post, raw)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["effects"]
    return found


async def path_of(post: Post, to: str = AMINA) -> str:
    """Where the only mail to this address comes back to."""
    [found] = [path for path, mail in zip(post.inbox.paths, post.inbox.mails, strict=True) if to in mail["To"]]
    return found


async def delivery(post: Post, person: str = "amina") -> dict[str, Any]:
    return next(row for row in await post.deliveries() if row["person_id"] == person)


async def suppressions(post: Post, query: str = "") -> list[dict[str, Any]]:
    answer = await post.service.client.get(f"/suppressions{query}", headers=REVIEWER)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def lost(post: Post) -> list[tuple[str, str]]:
    return [
        (row.data["entity_id"], row.data["reason"])
        for row in await post.service.outbox()
        if row.type == "contact.lost.v1"
    ]


@pytest.fixture
async def sent(post: Post) -> Post:
    """One mail each to Amina and Bao has left."""
    await queued(post)
    await post.send()
    assert post.inbox.sent() == [(AMINA, "pledge_published"), (BAO, "pledge_published")]
    return post


async def test_a_mail_that_comes_back_for_good_ends_the_address_and_tells_who_looks_after_contacts(sent: Post) -> None:
    raw = report(await path_of(sent), AMINA)
    assert await effects(sent, raw) == ["noted"]
    row = await delivery(sent)
    assert (row["state"], row["reason"]) == ("failed", "bounced_5.1.1")
    assert (await delivery(sent, "bao"))["state"] == "sent"
    assert await lost(sent) == [("veridia", "hard_bounce")]
    assert await effects(sent, raw) == ["repeated"]
    assert await lost(sent) == [("veridia", "hard_bounce")]
    sent.inbox.forget()
    await queued(sent)
    await sent.send()
    assert sent.inbox.sent() == [(BAO, "pledge_published")]
    reasons = [row["reason"] for row in await sent.deliveries() if row["state"] == "suppressed"]
    assert reasons == ["address_suppressed"]


async def test_a_bounce_of_a_reminder_tells_of_each_entity_on_it(post: Post) -> None:
    post.people.focal_points = {"veridia": ["amina"], "kalmora": ["amina"]}
    await post.knows_milestone()
    for entity in ("veridia", "kalmora"):
        await post.knows(uuid7(), entity=entity)
    await post.planner().tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert await effects(post, report(await path_of(post), AMINA)) == ["noted"]
    assert sorted(await lost(post)) == [("kalmora", "hard_bounce"), ("veridia", "hard_bounce")]
    [found] = await suppressions(post)
    assert (found["entity_ids"], found["role"]) == (["kalmora", "veridia"], "focal_points")


async def test_a_full_mailbox_costs_this_mail_and_not_the_address(sent: Post) -> None:
    assert await effects(sent, report(await path_of(sent), AMINA, status="5.2.2")) == ["noted"]
    assert (await delivery(sent))["reason"] == "bounced_5.2.2"
    assert await suppressions(sent) == []
    assert await lost(sent) == []


async def comes_back_days_ago(post: Post, days: int, status: str = "5.2.2") -> None:
    """A mail to Amina is sent and comes back."""
    post.inbox.forget()
    post.inbox.paths.clear()
    await queued(post)
    await post.send()
    assert await effects(post, report(await path_of(post), AMINA, status=status)) == ["noted"]
    then = post.moment.system - timedelta(days=days)
    await post.run("update returned set received_at = :at where received_at > now() - interval '1 hour'", at=then)


@pytest.mark.parametrize("status", ["5.2.2", "4.2.2", "4.4.7"])
async def test_an_address_that_takes_nothing_for_weeks_is_written_to_no_more_until_staff_undo_it(
    post: Post, status: str
) -> None:
    for days in (30, 20):
        await comes_back_days_ago(post, days, status)
    assert await suppressions(post) == []
    await comes_back_days_ago(post, 0, status)
    [found] = await suppressions(post)
    assert (found["person_id"], found["reason"], found["status"]) == ("amina", "bounced", status)
    assert await lost(post) == [("veridia", "hard_bounce")]
    wish = {"because": "It was cleared out"}
    undone = await post.service.client.post(f"/suppressions/{found['id']}/lift", json=wish, headers=STAFF)
    assert undone.status_code == 200
    await comes_back_days_ago(post, 0, status)  # counted from anew
    assert await suppressions(post) == []


@pytest.mark.parametrize(
    ("before", "status"),
    [((3, 1), "5.2.2"), ((100, 90), "5.2.2"), ((30,), "4.4.7"), ((30, 20), "5.7.1"), ((30, 20), "4.7.1")],
    ids=["within days", "long ago", "twice", "of a policy", "greylisted"],
)
async def test_what_came_back_less_often_or_for_another_reason_ends_no_address(
    post: Post, before: tuple[int, ...], status: str
) -> None:
    for days in (*before, 0):
        await comes_back_days_ago(post, days, status)
    assert await suppressions(post) == []


async def test_a_relay_that_says_for_weeks_that_the_mailbox_is_full_ends_the_address(post: Post) -> None:
    for days in (30, 20):
        await comes_back_days_ago(post, days)
    post.inbox.rcpt[AMINA] = "552 5.2.2 full"
    await queued(post)
    await post.send()
    [found] = await suppressions(post)
    assert (found["person_id"], found["status"]) == ("amina", "5.2.2")


async def test_a_mail_that_is_only_late_changes_nothing(sent: Post) -> None:
    assert await effects(sent, report(await path_of(sent), AMINA, action="delayed", status="4.4.1")) == []
    assert (await delivery(sent))["state"] == "sent"


async def test_who_complains_gets_no_more_and_staff_are_told(sent: Post) -> None:
    raw = complaint(await path_of(sent), AMINA)
    assert await effects(sent, raw) == ["noted"]
    assert (await delivery(sent))["state"] == "sent"  # it arrived
    [found] = await suppressions(sent)
    assert (found["person_id"], found["reason"], found["status"]) == ("amina", "complained", "abuse")
    assert await lost(sent) == [("veridia", "complaint")]


async def test_a_report_that_lies_does_nothing(sent: Post) -> None:
    path = await path_of(sent)
    other = ReturnPath(("another key",), "bounces@demo.invalid").of((await delivery(sent))["id"], AMINA)
    unknown = ReturnPath(MAIL_KEYS, "bounces@demo.invalid").of(uuid7(), AMINA)
    lies = [
        report(path, BAO),  # another recipient
        report(await path_of(sent, BAO), AMINA),
        report(other, AMINA),  # signed by somebody else
        report(unknown, AMINA),  # of a delivery that never was
        report(path[:10] + ("a" if path[10] != "a" else "b") + path[11:], AMINA),
        report("no-reply@demo.invalid", AMINA),
        complaint(path, BAO),
        complaint("bounces@demo.invalid", AMINA),
    ]
    for lie in lies:
        assert await effects(sent, lie) == ["not_ours"]
    assert {row["state"] for row in await sent.deliveries()} == {"sent"}
    assert await suppressions(sent) == []
    assert await sent.service.rows("select * from returned") == []
    assert await lost(sent) == []


async def test_an_unknown_mailbox_is_told_by_the_relay_at_once(post: Post) -> None:
    post.inbox.rcpt[AMINA] = "550 5.1.1 no such user"
    await queued(post)
    await post.send()
    [found] = await suppressions(post)
    assert (found["person_id"], found["reason"], found["status"]) == ("amina", "bounced", "5.1.1")
    assert await lost(post) == [("veridia", "hard_bounce")]


@pytest.mark.parametrize("said", ["550 5.7.1 we dislike you", "552 5.2.2 full", "550 no code, no reason"])
async def test_a_refusal_that_does_not_say_so_ends_no_address(post: Post, said: str) -> None:
    post.inbox.rcpt[AMINA] = said
    await queued(post)
    await post.send()
    assert (await delivery(post))["state"] == "failed"
    assert await suppressions(post) == []


async def test_staff_see_whose_address_it_is_and_why_and_never_the_address(sent: Post) -> None:
    await effects(sent, report(await path_of(sent), AMINA))
    [found] = await suppressions(sent)
    assert found["person_id"] == "amina"
    assert (found["role"], found["entity_ids"]) == ("focal_points", ["veridia"])
    kept = str(await sent.service.rows("select * from suppression")) + str(found)
    assert AMINA not in kept
    for nobody in ({}, bearer("amina"), MACHINE):
        answer = await sent.service.client.get("/suppressions", headers=nobody)
        assert answer.status_code in {401, 403}


async def test_staff_undo_it_with_a_reason_and_once(sent: Post) -> None:
    await effects(sent, report(await path_of(sent), AMINA))
    [found] = await suppressions(sent)
    path, wish = f"/suppressions/{found['id']}/lift", {"because": "She says that it works again"}
    client = sent.service.client
    assert (await client.post(path, json=wish, headers=REVIEWER)).status_code == 403
    assert (await client.post(path, json={"because": ""}, headers=STAFF)).status_code == 422
    answer = await client.post(path, json=wish, headers=STAFF)
    assert (answer.status_code, answer.json()["lifted_by"]) == (200, "nora")
    assert (await client.post(path, json=wish, headers=STAFF)).status_code == 409
    unheard = path.replace(found["id"], str(uuid7()))
    assert (await client.post(unheard, json=wish, headers=STAFF)).status_code == 404
    assert await suppressions(sent) == []
    [lifted] = await suppressions(sent, "?lifted=true")
    assert (lifted["lifted_by"], lifted["lifted_because"]) == ("nora", wish["because"])
    sent.inbox.forget()
    await queued(sent)
    await sent.send()
    assert sent.inbox.sent() == [(AMINA, "pledge_published"), (BAO, "pledge_published")]


async def test_a_key_is_replaced_and_the_address_stays_suppressed(sent: Post) -> None:
    await effects(sent, report(await path_of(sent), AMINA))
    newer = ("a newer key of tests", *MAIL_KEYS)
    sent.configure(mail_keys=newer)
    await queued(sent)
    await sent.send()
    assert [row["reason"] for row in await sent.deliveries() if row["state"] == "suppressed"] == ["address_suppressed"]
    [row] = await sent.service.rows("select address_hash from suppression")
    assert bytes(row["address_hash"]) == Hashing(newer).of(AMINA)[0]  # under the new one now


async def test_of_who_is_erased_not_even_a_hash_is_kept(sent: Post) -> None:
    from shared.events.people import PersonErased

    await effects(sent, report(await path_of(sent), AMINA))
    await sent.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    [row] = await sent.service.rows("select * from suppression")
    assert row["address_hash"] is None
    assert row["lifted_because"] == "erased"


@pytest.mark.parametrize(
    ("step", "person"),
    [
        ("pledge.evidence_declined.v1", "dario"),
        ("request.message.v1", "dario"),
        ("request.mail_not_taken.v1", "amina"),
        ("membership.handed_over.v1", "bruno"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_nor_of_who_asked_wrote_reported_or_follows(post: Post, step: str, person: str, *, at_once: bool) -> None:
    from shared.events.people import PersonErased

    post.people.delegates["veridia"] = ["dario"]
    if at_once:
        post.inbox.rcpt[address(person)] = "550 5.1.1 nobody here"
    await post.hears(step)
    await post.send()
    if not at_once:
        assert await effects(post, report(await path_of(post, address(person)), address(person))) == ["noted"]
    assert [found["person_id"] for found in await suppressions(post)] == [person]
    for erased in ("bao", person):
        assert [row["address_hash"] is None for row in await post.service.rows("select * from suppression")] == [False]
        await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id=erased))
    assert [row["address_hash"] for row in await post.service.rows("select * from suppression")] == [None]


async def test_of_who_is_erased_no_hash_of_what_came_back_is_kept_either(post: Post) -> None:
    from shared.events.people import PersonErased

    await comes_back_days_ago(post, 0)
    [row] = await post.service.rows("select address_hash from returned")
    assert row["address_hash"]
    await post.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    assert await post.service.rows("select address_hash from returned") == [{"address_hash": None}]


@pytest.mark.parametrize("caller", [{}, STAFF, REVIEWER, bearer("amina")])
async def test_only_our_own_mail_host_hands_bounces_in(sent: Post, caller: dict[str, str]) -> None:
    answer = await comes_back(sent, report(await path_of(sent), AMINA), caller)
    assert answer.status_code in {401, 403}
    assert await suppressions(sent) == []


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"hello", b"x" * 900_000])
async def test_whatever_comes_is_answered(post: Post, raw: bytes) -> None:
    assert await effects(post, raw) == []


async def test_a_mail_larger_than_any_report_is_refused(post: Post) -> None:
    assert (await comes_back(post, b"x" * 1_000_001)).status_code == 413


async def test_a_bounce_of_a_mail_that_a_crashed_sender_holds_stops_the_next_attempt(post: Post) -> None:
    post.people.focal_points["veridia"] = ["amina"]
    await queued(post)
    [claimed] = await post.sender().claim()
    path = ReturnPath(MAIL_KEYS, "bounces@demo.invalid").of(UUID(str(claimed.id)), address("amina"))
    assert await effects(post, report(path, AMINA)) == ["noted"]
    await post.run("update delivery set lease_until = created_at")
    await try_again(post)
    assert post.inbox.mails == []
    assert (await delivery(post))["reason"] == "address_suppressed"


@pytest.mark.parametrize("status", ["5.1.1", "4.2.2"])
async def test_what_comes_back_after_the_erasure_leaves_no_hash(sent: Post, status: str) -> None:
    from shared.events.people import PersonErased

    await sent.hears("person.erased.v1", PersonErased(erasure_id=uuid7(), person_id="amina"))
    assert await effects(sent, report(await path_of(sent), AMINA, status=status)) == ["noted"]
    assert await suppressions(sent) == []
    assert [row["address_hash"] for row in await sent.service.rows("select address_hash from returned")] == [None]
