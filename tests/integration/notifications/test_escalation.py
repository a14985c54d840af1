"""Joint pledges, delegates in place of silent focal points, and contacts that are lost."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from shared.events.common import EntityRef
from shared.events.pledges import SignOff
from tests.integration.notifications.inbox import text, to
from tests.integration.notifications.people import address
from tests.integration.notifications.support import Post

AMINA, BAO, KOFI, DARIO = (address(person) for person in ("amina", "bao", "kofi", "dario"))
REPORTED = datetime(2024, 11, 20, tzinfo=UTC)


@pytest.fixture
async def alone(post: Post) -> UUID:
    """A pledge of Veridia, which has one focal point and one delegate."""
    pledge_id = uuid7()
    post.people.focal_points = {"veridia": ["amina"], "kalmora": ["kofi"]}
    post.people.delegates = {"veridia": ["dario"]}
    await post.knows(pledge_id)
    await post.knows_milestone()
    return pledge_id


async def on(post: Post, month: int, day: int) -> list[tuple[str, str]]:
    """Who got what on that day of 2024."""
    post.inbox.forget()
    post.set_clock(2024, month, day)
    await post.tick()
    await post.tick()
    return post.inbox.sent()


def said_to(post: Post, recipient: str) -> str:
    [said] = [text(mail) for mail in post.inbox.mails if to(mail) == recipient]
    return " ".join(said.split())


async def lost(post: Post) -> list[tuple[str, str]]:
    events = [event for event in await post.service.outbox() if event.type == "contact.lost.v1"]
    return [(event.key, event.data["reason"]) for event in events]


async def joint(post: Post, **answers: Any) -> UUID:
    """A pledge of Veridia with Kalmora, which answered `kalmora`."""
    pledge_id, ref = uuid7(), EntityRef(entity_id="kalmora", name="Kalmora", kind="member_state")
    post.people.focal_points = {"veridia": ["amina"], "kalmora": ["kofi"]}
    signed = [SignOff(entity=ref, answer=answers["kalmora"])]
    await post.knows(pledge_id, kind="in_partnership", partner_entities=["kalmora"], sign_offs=signed)
    await post.knows_milestone()
    return pledge_id


@pytest.mark.parametrize("answer", ["signed_off", "awaited"])
async def test_a_joint_pledge_reminds_its_lead_and_later_its_partners(post: Post, answer: str) -> None:
    pledge_id = await joint(post, kalmora=answer)
    assert await on(post, 9, 6) == [(AMINA, "reminder")]
    assert await on(post, 11, 5) == [(AMINA, "reminder"), (KOFI, "reminder")]
    said = said_to(post, KOFI)
    assert "focal point of Kalmora." in said
    assert f"http://public.test/pledges/{pledge_id}" in said


async def test_a_partner_that_dissents_is_not_reminded(post: Post) -> None:
    await joint(post, kalmora="dissented")
    assert await on(post, 11, 5) == [(AMINA, "reminder")]


async def test_once_anybody_reported_nobody_of_a_joint_pledge_is_reminded(post: Post) -> None:
    pledge_id = await joint(post, kalmora="signed_off")
    await on(post, 11, 5)
    await post.knows(pledge_id, reported=REPORTED, sequence=2, partner_entities=["kalmora"])
    assert await on(post, 11, 28) == []


async def test_a_delegate_is_asked_when_the_focal_point_did_not_react(post: Post, alone: UUID) -> None:
    assert await on(post, 11, 5) == [(AMINA, "reminder")]
    assert await on(post, 11, 28) == [(AMINA, "reminder"), (DARIO, "reminder")]
    assert "because you are a delegate of Veridia" in said_to(post, DARIO)
    await post.knows(alone, reported=datetime(2024, 11, 29, tzinfo=UTC), sequence=2)
    assert await on(post, 12, 4) == []


@pytest.mark.usefixtures("alone")
async def test_a_delegate_is_asked_at_once_when_the_focal_points_mail_bounces(post: Post) -> None:
    post.inbox.rcpt[AMINA] = "550 5.1.1 unknown"
    assert await on(post, 11, 5) == [(DARIO, "reminder")]
    assert (await post.plan())[-30] == ("sent", None)
    assert await lost(post) == [("veridia", "hard_bounce")]


@pytest.mark.usefixtures("alone")
async def test_a_mail_that_bounced_after_it_was_sent_brings_the_delegate_in_at_the_next_offset(post: Post) -> None:
    assert await on(post, 9, 6) == [(AMINA, "reminder")]
    await post.run("update delivery set state = 'failed', reason = 'bounced'")
    assert await on(post, 11, 5) == [(AMINA, "reminder"), (DARIO, "reminder")]


@pytest.mark.usefixtures("alone")
async def test_focal_point_and_delegate_bounce_and_the_contact_is_lost_once(post: Post) -> None:
    post.inbox.rcpt["*"] = "550 5.1.1 unknown"
    for day in ((9, 6), (11, 5), (11, 28)):
        assert await on(post, *day) == []
    assert set((await post.plan()).values()) == {("no_contact", "not_delivered"), ("planned", None)}
    told = await lost(post)  # each address, and that there is none left
    assert Counter(reason for _, reason in told) == {"hard_bounce": 2, "nobody_reachable": 1}


@pytest.mark.usefixtures("alone")
async def test_a_new_focal_point_gets_what_the_former_could_not(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    post.people.focal_points["veridia"] = ["bao"]
    await post.send()
    assert post.inbox.sent() == []
    assert await on(post, 11, 5) == [(BAO, "reminder")]


async def test_nobody_who_reacts_through_a_whole_cycle_is_a_lost_contact(post: Post, alone: UUID) -> None:
    other = uuid7()
    await post.knows(other, entity="kalmora")
    await post.knows(uuid7(), entity="kalmora")
    for day in ((9, 6), (11, 5), (11, 28), (12, 4), (12, 19)):
        await on(post, *day)
    await post.knows(other, entity="kalmora", reported=REPORTED, sequence=2)
    await on(post, 12, 31)
    assert await lost(post) == []
    post.set_clock(2025, 1, 2)
    await post.tick()
    await post.tick()
    assert await lost(post) == [("veridia", "no_reaction")]  # Kalmora reported on one of two
    await post.knows(alone, state="closed", sequence=3)
    await post.tick()
    assert await lost(post) == [("veridia", "no_reaction")]


async def test_two_milestones_on_one_day_are_one_mail(post: Post) -> None:
    await post.knows(uuid7(), title="Schools")
    await post.knows(uuid7(), title="Housing", review_cycle="2026")
    await post.knows_milestone()
    await post.knows_milestone("2024-12-05", code="imrf-2026", cycle="2026", names={"en": "Forum"})
    assert await on(post, 11, 5) == [(AMINA, "reminder"), (BAO, "reminder")]
    said = text(post.inbox.mails[0])
    assert "Schools – " in said or "Housing – " in said
    assert (said.count("Schools"), said.count("Housing")) == (1, 1)
