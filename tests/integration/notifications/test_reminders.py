"""Who is reminded when: once, in time, or not at all and then with a reason."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.notifications.deliveries.commands import Claimed
from services.notifications.deliveries.lifecycle import Settlement, State
from services.notifications.reminders import settling
from tests.integration.notifications.inbox import text
from tests.integration.notifications.people import ZONES, address
from tests.integration.notifications.support import Post

AMINA, BAO, KOFI = (address(person) for person in ("amina", "bao", "kofi"))
REPORTED = datetime(2024, 8, 1, tzinfo=UTC)
PLANNED = ("planned", None)
OVERDUE = ("skipped", "overdue")


async def test_thirty_days_before_one_reminder_goes_to_each_focal_point(post: Post, known: UUID) -> None:
    await post.tick()
    assert set((await post.plan()).values()) == {PLANNED}
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert await post.plan() == {-90: OVERDUE, -30: ("sent", None), -7: PLANNED, -1: PLANNED, 14: PLANNED}
    said = text(post.inbox.mails[0])
    assert "On 5 December 2024 the pledges" in " ".join(said.split())
    assert f"- Schools\n  http://public.test/pledges/{known}\n" in said


@pytest.mark.usefixtures("known")
async def test_a_first_start_on_that_day_does_the_same(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert (await post.plan())[-90] == OVERDUE


async def test_who_has_reported_or_closed_or_belongs_elsewhere_gets_none(post: Post) -> None:
    await post.knows_milestone()
    await post.knows(uuid7(), reported=REPORTED)
    await post.knows(uuid7(), state="closed")
    await post.knows(uuid7(), review_cycle="2026")
    await post.knows(uuid7(), review_cycle=None)
    await post.knows(uuid7(), first_published_at=datetime(2024, 11, 5, 1, tzinfo=UTC))
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.sent() == []
    rows = await post.service.rows("select offset_days from reminder order by offset_days")
    assert [row["offset_days"] for row in rows] == [-7, -1, 14]


async def test_a_report_from_before_the_cycle_opened_does_not_count(post: Post) -> None:
    await post.knows(uuid7(), reported=datetime(2022, 5, 1, tzinfo=UTC))
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert len(post.inbox.mails) == 2


@pytest.mark.usefixtures("known")
async def test_a_second_tick_a_restart_and_a_clock_moved_back_and_forth_send_nothing_twice(post: Post) -> None:
    days = [(2024, 11, 5), (2024, 9, 2), (2024, 11, 5), (2024, 11, 4), (2024, 11, 6), (2022, 1, 1), (2024, 11, 5)]
    for day in days:
        post.set_clock(*day)
        await post.tick()  # a planner and a sender of their own each time
        await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert (await post.plan())[-30] == ("sent", None)


@pytest.mark.usefixtures("known")
async def test_the_whole_way_to_the_plenary_and_past_it(post: Post) -> None:
    for days in range(160):
        day = datetime(2024, 8, 20, 21, tzinfo=UTC) + timedelta(days=days)
        post.service.set_clock(day)
        await post.tick()
    assert Counter(to for to, _ in post.inbox.sent()) == {AMINA: 5, BAO: 5}
    assert set((await post.plan()).values()) == {("sent", None)}


async def test_four_schedulers_and_senders_at_once_send_each_reminder_once(post: Post) -> None:
    await post.knows_milestone()
    for number in range(40):
        await post.knows(uuid7(), entity=f"e{number % 20}")
        post.people.focal_points[f"e{number % 20}"] = [f"p{number % 20}"]
    post.set_clock(2024, 11, 5)
    await asyncio.gather(*(post.tick() for _ in range(4)))
    await post.send()
    assert [to for to, _ in post.inbox.sent()] == sorted(address(f"p{number}") for number in range(20))
    assert (await post.states())[-30, "sent"] == 40
    assert all(text(mail).count("http://public.test/pledges/") == 2 for mail in post.inbox.mails)


async def test_one_mail_lists_all_pledges_of_a_person_over_pages_and_entities(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.reminders.queueing.PAGE", 2)
    monkeypatch.setattr("services.notifications.reminders.commands.PAGE", 2)
    post.people.focal_points = {"veridia": ["amina"], "kalmora": ["amina", "kofi"]}
    await post.knows_milestone()
    for number, entity in enumerate(["veridia", "kalmora", "veridia", "kalmora", "veridia"]):
        await post.knows(uuid7(), entity=entity, title=f"Pledge {number}")
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (KOFI, "reminder")]
    said = {mail["To"].addresses[0].username: text(mail) for mail in post.inbox.mails}
    assert [number for number in range(5) if f"- Pledge {number} (" in said["amina"]] == [0, 1, 2, 3, 4]
    assert [number for number in range(5) if f"- Pledge {number}\n" in said["kofi"]] == [1, 3]
    assert "focal point of Kalmora and Veridia." in " ".join(said["amina"].split())


async def test_a_crash_between_two_pages_leaves_no_half_mail(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifications.reminders.queueing.PAGE", 1)
    post.people.focal_points = {"veridia": ["amina"]}
    await post.knows_milestone()
    for number in range(3):
        await post.knows(uuid7(), title=f"Pledge {number}")
    post.set_clock(2024, 11, 5)
    planner = post.planner()
    await planner.plan()
    searches = iter([False, False, True])

    def crash(_: str) -> None:
        post.people.down = next(searches)

    post.people.before = crash
    with pytest.raises(Exception, match="does not answer"):
        await planner.queue()
    await post.send()
    assert post.inbox.mails == []  # the list is not whole yet
    post.people.before, post.people.down = None, False
    await post.tick()
    assert [text(mail).count("- Pledge") for mail in post.inbox.mails] == [3]


async def test_nobody_to_write_to_is_a_line_and_one_event(post: Post) -> None:
    pledge_id = uuid7()
    await post.knows(pledge_id, entity="nowhere")
    await post.knows_milestone()
    post.set_clock(2024, 11, 5)
    await post.tick()
    await post.tick()
    assert (await post.plan())[-30] == ("no_contact", "no_focal_point_with_an_address")
    event, lost = await post.service.outbox()
    assert (lost.type, lost.key, lost.data["reason"]) == ("contact.lost.v1", "nowhere", "nobody_reachable")
    assert (event.type, event.key, event.topic) == (
        "reminder.unreachable.v1",
        str(pledge_id),
        "gcm.notifications.workflow",
    )
    assert event.data == {
        "pledge_id": str(pledge_id),
        "entity_id": "nowhere",
        "milestone": "plenary-2024",
        "offset_days": -30,
        "due_on": "2024-11-05",
    }
    assert post.inbox.mails == []


@pytest.mark.usefixtures("known")
async def test_of_a_passed_milestone_a_first_start_plans_only_what_still_counts(post: Post) -> None:
    post.set_clock(2024, 12, 15)
    await post.tick()
    assert await post.plan() == {14: PLANNED}
    post.set_clock(2024, 12, 19)
    await post.tick()
    assert post.inbox.sent() == [(AMINA, "reminder"), (BAO, "reminder")]
    assert "took place on 5 December 2024" in " ".join(text(post.inbox.mails[0]).split())


@pytest.mark.usefixtures("known")
async def test_of_a_milestone_long_passed_a_first_start_plans_nothing(post: Post) -> None:
    post.set_clock(2025, 2, 1)
    await post.tick()
    assert await post.plan() == {}
    assert post.inbox.mails == []


@pytest.mark.usefixtures("known")
async def test_a_clock_that_jumps_over_everything_sends_nothing_late(post: Post) -> None:
    await post.tick()
    post.set_clock(2025, 2, 1)
    await post.tick()
    assert set((await post.plan()).values()) == {OVERDUE}
    assert post.inbox.mails == []


@pytest.mark.parametrize(("person", "hours"), [("kiri", (19, 4)), ("amina", (9, 5)), ("baker", (21, 5))])
@pytest.mark.usefixtures("known")
async def test_at_nine_where_the_recipient_lives(post: Post, person: str, hours: tuple[int, int]) -> None:
    hour, day = hours
    post.people.focal_points["veridia"] = [person]
    assert person == "amina" or person in ZONES
    post.set_clock(2024, 11, 4, 18)
    await post.tick()
    post.service.set_clock(datetime(2024, 11, day, hour, tzinfo=UTC) - timedelta(minutes=1))
    await post.tick()
    assert post.inbox.mails == []
    post.set_clock(2024, 11, day, hour)
    await post.tick()
    assert post.inbox.sent() == [(address(person), "reminder")]


@pytest.mark.usefixtures("known")
async def test_the_date_alone_reaches_everybody_on_earth(post: Post) -> None:
    post.people.focal_points["veridia"] = ["kiri", "amina", "baker"]
    await post.tick()
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert len(post.inbox.mails) == 3


@pytest.mark.usefixtures("known")
async def test_what_could_not_leave_in_time_does_not_leave_late(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    post.set_clock(2024, 11, 8)
    await post.send()
    assert post.inbox.mails == []
    assert {(row["state"], row["reason"]) for row in await post.deliveries()} == {("suppressed", "overdue")}
    assert (await post.plan())[-30] == OVERDUE


async def told(post: Post) -> list[str | None]:
    return [event.type for event in await post.service.outbox()]


@pytest.mark.usefixtures("known")
async def test_a_membership_that_ended_before_sending_leaves_a_line(post: Post) -> None:
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    post.people.focal_points["veridia"] = []
    await post.send()
    await post.tick()
    assert (await post.plan())[-30] == ("no_contact", "not_delivered")
    assert await told(post) == ["reminder.unreachable.v1", "contact.lost.v1"]


@pytest.mark.usefixtures("known")
async def test_one_of_two_focal_points_is_enough(post: Post) -> None:
    post.inbox.rcpt[AMINA] = "550 5.1.1 unknown"
    post.set_clock(2024, 11, 5)
    await post.tick()
    assert post.inbox.sent() == [(BAO, "reminder")]
    assert (await post.plan())[-30] == ("sent", None)
    assert [event.type for event in await post.service.outbox()] == ["contact.lost.v1"]


@pytest.mark.usefixtures("known")
async def test_none_of_two_is_not(post: Post) -> None:
    post.inbox.rcpt["*"] = "550 5.1.1 unknown"
    post.set_clock(2024, 11, 5)
    await post.tick()
    await post.tick()
    assert (await post.plan())[-30] == ("no_contact", "not_delivered")
    assert Counter(await told(post)) == {"reminder.unreachable.v1": 1, "contact.lost.v1": 3}  # two addresses, and all


@pytest.mark.usefixtures("known")
async def test_of_two_mails_that_fail_at_the_same_time_the_later_tells(post: Post) -> None:
    """Neither sees the other's end before it is committed, so one has to wait."""
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    first, second = await post.sender().claim()
    waiting = "select count(*) from pg_locks where not granted"

    async def fail(session: AsyncSession, claimed: Claimed) -> None:
        ended, moment = Settlement(State.FAILED, "smtp_550"), post.moment
        assert await settling.settle(session, claimed, ended, None, now=moment.business, at=moment.system)

    async def fail_second() -> None:
        async with post.service.database.transaction() as session:
            await fail(session, second)

    async with post.service.database.transaction() as session:
        await fail(session, first)
        failing = asyncio.create_task(fail_second())
        while not failing.done() and (await post.service.rows(waiting))[0]["count"] == 0:  # noqa: ASYNC110 - PostgreSQL rings no bell
            await asyncio.sleep(0.01)
    await failing
    assert (await post.plan())[-30] == PLANNED  # for somebody else, if there is
    await post.tick()
    assert (await post.plan())[-30] == ("no_contact", "not_delivered")
    assert await told(post) == ["reminder.unreachable.v1", "contact.lost.v1"]


@pytest.mark.usefixtures("known")
async def test_five_days_between_two_milestones(post: Post) -> None:
    await post.knows_milestone("2024-12-08", code="review-2024")
    for day in (5, 8):
        post.set_clock(2024, 11, day)
        await post.tick()
    assert len(post.inbox.mails) == 2
    rows = await post.service.rows("select milestone, state, reason from reminder where offset_days = -30 order by id")
    assert [tuple(row.values()) for row in rows] == [
        ("plenary-2024", "sent", None),
        ("review-2024", "skipped", "too_soon"),
    ]


async def test_thousands_are_planned_and_queued_in_pages(post: Post) -> None:
    await post.knows_milestone()
    await post.run(
        "insert into known_pledge select gen_random_uuid(), 'e' || n % 300, 'T', 'published', '2022', "
        "'2024-01-01', null, 1, now() from generate_series(1, 2500) n"
    )
    post.people.focal_points |= {f"e{number}": [f"p{number % 10}"] for number in range(0, 300, 2)}
    post.set_clock(2024, 11, 5)
    await post.planner().tick()
    states = await post.states()
    assert (states[-90, "skipped"], states[-30, "queued"], states[-30, "no_contact"]) == (2500, 1250, 1250)
    assert len(await post.deliveries()) == 5
    assert Counter(await told(post)) == {"reminder.unreachable.v1": 1250, "contact.lost.v1": 150}
