"""Mails that wait, and addresses that none goes to."""

from pathlib import Path

from tests.integration.notifications.support import STAFF, Post
from tests.integration.notifications.test_sending import AMINA, queued


async def test_a_domain_that_takes_no_more_is_put_off_and_holds_up_no_other(post: Post, tmp_path: Path) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text(
        "default: {at_once: 4, per_minute: 600}\ndomains: {slow.demo.invalid: {at_once: 1, per_minute: 1}}\n"
    )
    changed = post.worker.settings.model_copy(update={"mail_limits_file": file})
    object.__setattr__(post.worker, "settings", changed)
    post.people.focal_points["veridia"] = ["a@slow.demo.invalid", "amina"]
    await queued(post, events=3)
    await post.send()
    assert sorted(to for to, _ in post.inbox.sent()) == ["a@slow.demo.invalid", *[AMINA] * 3]
    put_off = [row for row in await post.deliveries() if row["state"] == "deferred"]
    assert [(row["reason"], row["attempts"]) for row in put_off] == [("domain_limit", 0)] * 2
    answer = await post.service.client.get("/deliveries?state=deferred", headers=STAFF)
    assert [item["reason"] for item in answer.json()["items"]] == ["domain_limit"] * 2
    first, second = sorted((row["next_try_at"] - row["created_at"]).total_seconds() for row in put_off)
    assert 50 < first < 70
    assert 110 < second < 130


async def test_an_address_with_quotes_is_refused_and_one_of_300_characters_too(post: Post) -> None:
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".invalid"
    assert len(long) > 300
    post.people.focal_points["veridia"] = ['"amina x"@demo.invalid', long, "amina"]
    post.configure(environment="production")  # whom else it may write to is another question
    await queued(post)
    await post.send()
    assert [to for to, _ in post.inbox.sent()] == [AMINA]
    reasons = {row["person_id"]: row["reason"] for row in await post.deliveries() if row["state"] == "suppressed"}
    assert reasons == {'"amina x"@demo.invalid': "address_unusable", long: "address_unusable"}


async def test_away_for_an_hour_nothing_is_lost(post: Post) -> None:
    """By both clocks: reminders settle on business time, attempts on the machine's."""
    await queued(post, events=2)
    await post.inbox.stop()
    for _ in range(20):  # pauses grow to a minute; the hour has sixty of them
        await post.send()
        await post.run("update delivery set next_try_at = now(), created_at = created_at - interval '3 minutes'")
    rows = await post.deliveries()
    assert {row["state"] for row in rows} <= {"queued", "deferred"}
    post.set_clock(2024, 9, 2, 10)
    await post.inbox.start()
    await post.send()
    assert len({mail["Message-ID"] for mail in post.inbox.mails}) == len(post.inbox.mails) == 4
    assert {row["state"] for row in await post.deliveries()} == {"sent"}
