"""What became of a milestone's reminders, counted by hand beside: mails, pledges, reports; and by nobody's opening."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.integration.notifications.people import address
from tests.integration.notifications.support import REVIEWER, Post
from tests.integration.notifications.test_bounces import comes_back
from tests.support.bounces import complaint, report
from tests.support.tokens import bearer

TWO, PARTNERED, LATE, SILENT, NOBODY = (UUID(int=number) for number in range(1, 6))
SHARED: dict[str, Any] = {"partner_entities": ["kalmora"]}
MEASURED = datetime(2024, 12, 31, 21, tzinfo=UTC)


def at(month: int, day: int) -> datetime:
    return datetime(2024, month, day, 12, tzinfo=UTC)


async def on(post: Post, month: int, day: int) -> None:
    post.set_clock(2024, month, day)
    await post.tick()
    await post.tick()


def path_to(post: Post, person: str) -> str:
    """Where the last mail to this person comes back to."""
    return [path for path, mail in zip(post.inbox.paths, post.inbox.mails, strict=True) if person in mail["To"]][-1]


async def measure(post: Post) -> None:
    """A while after the last change, and as if it had not been counted before."""
    await post.run("update known_pledge set changed_at = changed_at - interval '1 minute'")
    await post.run("update known_milestone set changed_at = changed_at - interval '1 minute'")
    await post.run("update campaign set next_at = '-infinity'")
    assert not await post.worker.measurer().once()


async def shown(post: Post, path: str = "/plenary-2024") -> Any:
    answer = await post.service.client.get(f"/campaigns{path}", headers=REVIEWER)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shares(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {name: (one["number"], one["of"]) for name, one in found.items() if isinstance(one, dict) and "of" in one}


@pytest.fixture
async def told(post: Post) -> Post:
    """A plenary that moved after −30 was sent, with five pledges:

    - TWO has two focal points, reports after −30, and corrects the report later.
    - PARTNERED has a partner whose people call the first mail unwanted; it reports after −7,
      of which the mail came back.
    - LATE's mail of −30 is put off once, and sent; it reports after the review, before +14.
    - SILENT never reports; its address is unknown from −7 on.
    - NOBODY has nobody to write to; it reports all the same, after −30.
    """
    post.people.focal_points = {
        "veridia": ["amina", "bao"],
        "sorvenia": ["sora"],
        "kalmora": ["kofi"],
        "lakeland": ["lena"],
        "silentia": ["sil"],
    }
    pledges = {TWO: "veridia", PARTNERED: "sorvenia", LATE: "lakeland", SILENT: "silentia", NOBODY: "nowhere"}
    for pledge_id, entity in pledges.items():
        await post.knows(pledge_id, entity=entity, **(SHARED if pledge_id == PARTNERED else {}))
    await post.knows_milestone()
    post.set_clock(2024, 10, 1)
    await post.planner().plan()  # −90 is overdue
    post.inbox.rcpt[address("lena")] = "451 4.3.0 later"
    await on(post, 11, 5)
    post.inbox.rcpt.clear()
    await post.run("update delivery set next_try_at = created_at where state = 'deferred'")
    await post.send()
    assert (await comes_back(post, complaint(path_to(post, "kofi"), address("kofi")))).json() == {"effects": ["noted"]}
    await post.knows_milestone("2024-12-12", sequence=2)
    await on(post, 11, 8)
    await post.knows(TWO, reported=at(11, 10), sequence=2)
    await post.knows(TWO, "pledge.reported.v1", reported=at(11, 20), sequence=3)
    await post.knows(NOBODY, entity="nowhere", reported=at(11, 11), sequence=2)
    post.inbox.rcpt[address("sil")] = "550 5.1.1 no such user"
    await on(post, 12, 5)
    soft = report(path_to(post, "sora"), address("sora"), status="5.2.2")
    assert (await comes_back(post, soft)).json() == {"effects": ["noted"]}
    await post.knows(PARTNERED, entity="sorvenia", reported=at(12, 6), sequence=2, **SHARED)
    await on(post, 12, 11)
    await post.knows(LATE, entity="lakeland", reported=at(12, 20), sequence=2)
    await on(post, 12, 26)
    post.service.set_clock(MEASURED)
    return post


# by hand: by offset the day, what became of the mails, the parts of those sent, and pledges as "so many of so many"
COUNTED: dict[int, dict[str, Any]] = {
    -90: {"on": "2024-09-13", "mails": 0, "before": (0, 5), "after": (0, 5)},
    -30: {"on": "2024-11-05", "mails": 6, "sent": 6, "retried": 1, "complained": 1, "nobody": 1}
    | {"acted": (1, 4), "entities": (1, 4), "before": (0, 5), "after": (2, 5)},
    -7: {"on": "2024-12-05", "mails": 4, "sent": 2, "failed": 1, "suppressed": 1, "bounced": 1, "nobody": 1}
    | {"acted": (1, 2), "entities": (1, 2), "before": (2, 5), "after": (1, 3)},
    -1: {"on": "2024-12-11", "mails": 2, "sent": 1, "suppressed": 1, "nobody": 1}
    | {"acted": (0, 1), "entities": (0, 1), "before": (3, 5), "after": (0, 2)},
    14: {"on": "2024-12-26", "mails": 1, "suppressed": 1, "nobody": 1, "before": (4, 5), "after": (0, 1)},
}
OF_MAILS = ("waiting", "deferred", "sent", "failed", "suppressed", "dropped")
OF_SENT = ("retried", "bounced", "complained")


def by_hand(counted: dict[str, Any]) -> dict[str, Any]:
    """As the interface has it."""
    mails, sent = counted["mails"], counted.get("sent", 0)
    return {
        **{name: (counted.get(name, 0), mails) for name in OF_MAILS},
        **{name: (counted.get(name, 0), sent) for name in OF_SENT},
        "acted": counted.get("acted", (0, 0)),
        "acted_entities": counted.get("entities", (0, 0)),
        "reported_before": counted["before"],
        "reported_after": counted["after"],
    }


async def test_a_campaign_is_counted_as_by_hand(told: Post) -> None:
    """NOBODY, which had no reminder, is the second that reported after −30. The second person of TWO counts no pledge,
    nor does its correction; and a report between the review and +14 is no answer to a mail."""
    await measure(told)
    found = await shown(told)
    assert {one["offset_days"]: one["on"] for one in found["offsets"]} == {
        offset: counted["on"] for offset, counted in COUNTED.items()
    }
    for one in found["offsets"]:
        counted = COUNTED[one["offset_days"]]
        assert shares(one["mails"]) | shares(one) == by_hand(counted), one["offset_days"]
        assert (one["nobody"], one["to_come"]) == (counted.get("nobody", 0), 0)
    [total] = (await shown(told, ""))["items"]
    assert (total["milestone"], total["starts"], shares(total)) == ("plenary-2024", "2024-12-12", {"acted": (2, 4)})
    assert shares(total["mails"])["sent"] == (9, 13)


async def test_copies_that_are_read_anew_change_no_measure(told: Post) -> None:
    await measure(told)
    before = await shown(told)
    mails = len(told.inbox.mails)
    await told.rebuilds()
    await measure(told)  # nothing is known: what was counted stays
    assert await shown(told) == before
    await told.knows_milestone("2024-12-12", sequence=2)
    await told.knows(TWO, "pledge.reported.v1", reported=at(11, 20), sequence=3)  # the first report left the topic
    await told.knows(PARTNERED, entity="sorvenia", reported=at(12, 6), sequence=2, **SHARED)
    await told.knows(LATE, entity="lakeland", reported=at(12, 20), sequence=2)
    await told.knows(SILENT, entity="silentia")
    await told.knows(NOBODY, entity="nowhere", reported=at(11, 11), sequence=2)
    await told.tick()
    await measure(told)
    assert (await shown(told))["offsets"] == before["offsets"]
    assert len(told.inbox.mails) == mails


async def test_small_pages_add_up_to_the_same(told: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await measure(told)
    before = await shown(told)
    monkeypatch.setattr("services.notifications.campaigns.counting.PAGE", 2)
    await measure(told)
    assert (await shown(told))["offsets"] == before["offsets"]


async def test_what_waits_is_put_off_or_is_needed_no_more(post: Post) -> None:
    """Amina's host puts her mail off, Bao's waits; then both are needed no more."""
    await post.knows(TWO)
    await post.knows_milestone()
    post.inbox.rcpt[address("amina")] = "451 4.3.0 later"
    post.set_clock(2024, 11, 5)
    await post.tick()
    await post.run("update delivery set state = 'queued', sent_at = null where person_id = 'bao'")
    await measure(post)
    [_, counted, *_] = (await shown(post))["offsets"]
    assert {name: counted["mails"][name]["number"] for name in OF_MAILS if counted["mails"][name]["number"]} == {
        "waiting": 1,
        "deferred": 1,
    }
    later = (await shown(post))["offsets"][2]
    assert (later["to_come"], shares(later)["reported_before"]) == (1, (0, 0))  # its day has not come
    await post.knows(TWO, reported=at(11, 6), sequence=2)
    await post.run("update delivery set next_try_at = created_at")
    await post.send()
    await measure(post)
    [_, counted, *_] = (await shown(post))["offsets"]
    assert counted["mails"]["dropped"]["number"] == 2


async def test_one_replica_counts_and_not_more_often_than_it_pays(told: Post) -> None:
    await measure(told)
    [before] = await told.service.rows("select measured_at, next_at from campaign")
    assert before["next_at"] >= before["measured_at"] + timedelta(minutes=1)
    await told.worker.measurer().once()
    assert (await told.service.rows("select measured_at, next_at from campaign")) == [before]


async def test_before_its_first_day_there_is_no_campaign(post: Post) -> None:
    await post.knows(TWO)
    await post.knows_milestone("2025-12-05")
    await measure(post)
    assert (await shown(post, ""))["items"] == []
    answer = await post.service.client.get("/campaigns/plenary-2024", headers=REVIEWER)
    assert (answer.status_code, answer.json()["type"]) == (404, "https://gcm-pledges.example/problems/not-found")


async def test_of_a_milestone_whose_day_was_never_certain_there_is_no_campaign(post: Post) -> None:
    await post.knows(TWO)
    await post.knows_milestone("2026")
    await measure(post)
    assert (await shown(post, ""))["items"] == []


async def test_a_file_has_a_line_for_each_share_and_no_formula(told: Post) -> None:
    await measure(told)
    answer = await told.service.client.get("/campaigns/plenary-2024/csv", headers=REVIEWER)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {"days": "30", "side": "before", "on": "2024-11-05", "measure": "acted", "number": "1", "of": "4"} | {
        "of_what": "reminded_pledges"
    } in lines
    assert len(lines) == 5 * (1 + 9 + 2 + 4)
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.values())


@pytest.mark.parametrize("path", ["", "/plenary-2024", "/plenary-2024/csv"])
async def test_campaigns_are_for_staff_and_reviewers_and_name_nobody(told: Post, path: str) -> None:
    await measure(told)
    for nobody in ({}, bearer("amina"), bearer("machine", "service")):
        assert (await told.service.client.get(f"/campaigns{path}", headers=nobody)).status_code in {401, 403}
    said = (await told.service.client.get(f"/campaigns{path}", headers=REVIEWER)).text
    for known in ("amina", "kofi", "veridia", "nowhere", str(TWO)):
        assert known not in said
