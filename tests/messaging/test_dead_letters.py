"""Records that no retry mends: kept whole, and run again when somebody mended the cause."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.events.registry import TYPES, EventType
from shared.messaging.kafka import Record
from shared.messaging.letters import Letter, letters
from shared.messaging.replay import discard
from tests.messaging.service import things
from tests.messaging.stage import Stage, ended, eventually

NEWS = "thing.sanded.v1"  # no process knows it; the test's own replay does
UNDERSTANDING = replace(things.COPY, handlers={**things.COPY.handlers, NEWS: things.copy})


def notes(record: Record) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def outcomes(replay: AsyncIterator[tuple[Letter, str]]) -> list[tuple[str, str]]:
    return [(letter.consumer, became) async for letter, became in replay]


GOOD = b'{"sequence": 1, "text": "x"}'
POISON: list[tuple[bytes, dict[str, str], str]] = [
    (b"{not JSON", {}, "breaks its contract"),
    (b'{"sequence": "many", "text": "secret words"}', {}, "sequence: Input should be a valid integer"),
    (GOOD, {"ce_type": "thing.unheard_of.v1"}, "unknown event type"),
    (GOOD, {"ce_type": ""}, "the header ce_type is missing"),
    (GOOD, {"ce_id": "no UUID"}, "badly formed"),
    (GOOD, {"ce_time": "2026-11-23T10:00:00"}, "no time zone"),
    (b"\xff\xfe", {}, "breaks its contract"),
]


async def test_poison_is_kept_with_key_bytes_headers_and_reason_and_the_next_one_goes_on(stage: Stage) -> None:
    for value, headers, _ in POISON:
        await stage.send(b"a", value, **headers)
    await stage.send(b"a", b'{"sequence": 2, "text": "after them"}')
    stage.start("consumer", subscriptions="copy")
    await eventually(lambda: stage.rows("select true from copy where sequence = 2"))
    *poisoned, _ = await stage.records()
    letters = await stage.letters(len(POISON))
    for record, letter, (_, _, reason) in zip(poisoned, letters, POISON, strict=True):
        assert (letter.key, letter.value) == (record.key, record.value)
        assert [header for header in letter.headers if not header[0].startswith("dlq-")] == list(record.headers)
        found = notes(letter)
        assert reason in found["dlq-reason"]
        assert "secret" not in found["dlq-reason"]
        assert (found["dlq-consumer"], found["dlq-attempts"], found["dlq-replays"]) == ("copy", "1", "0")
        assert (found["dlq-source-topic"], found["dlq-source-offset"]) == (stage.topic, str(record.offset))
        assert found["dlq-source-partition"] == str(record.partition)


async def test_what_a_handler_refuses_is_replayed_to_effect_once_the_cause_is_mended(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.start("relay")
    stage.start("consumer")
    await stage.change("a", "refused")
    await stage.letters(1)
    things.declare(stage.topic)
    assert await outcomes(stage.replay().run(dry=True)) == [("mail", "would be run")]
    assert await stage.count("mail") == 0
    again = "a dead letter again: a thing of this text gets no mail"
    assert await outcomes(stage.replay().run()) == [("mail", again)]
    assert [notes(letter)["dlq-replays"] for letter in await stage.letters(2)] == ["0", "1"]
    monkeypatch.setenv("TEST_REFUSES_NOTHING", "1")
    assert await outcomes(stage.replay().run()) == [("mail", "handled")]
    assert await stage.rows("select key, sequence from mail") == [("a", 1)]
    assert await outcomes(stage.replay().run()) == []


async def test_a_letter_is_refused_after_five_replays_unless_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = await stage.send(b"a", b'{"sequence": 1, "text": "refused"}')
    stage.start("consumer", subscriptions="mail")
    await stage.letters(1)
    things.declare(stage.topic)
    for _ in range(5):
        [(_, became)] = await outcomes(stage.replay().run())
        assert became.startswith("a dead letter again")
    [(_, became)] = await outcomes(stage.replay().run())
    assert became.startswith("refused: replayed 5 times")
    assert len(await stage.letters(6)) == 6
    monkeypatch.setenv("TEST_REFUSES_NOTHING", "1")
    assert await outcomes(stage.replay().run(only=event_id)) == [("mail", "handled")]
    assert await outcomes(stage.replay().run(only=event_id)) == [("mail", "passed over: it was handled before")]


async def test_what_is_discarded_waits_no_longer_and_can_still_be_seen_and_retried(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (b"a", b"b"):
        await stage.send(key, b'{"sequence": 1, "text": "refused"}')
    stage.start("consumer", subscriptions="mail")
    await stage.letters(2)
    things.declare(stage.topic)
    first, second = await letters(stage.kafka.bootstrap, stage.service)
    await discard(stage.kafka.bootstrap, stage.service, first, "sent by mistake")
    seen, waiting = await letters(stage.kafka.bootstrap, stage.service)
    assert seen.settled is not None
    assert (seen.settled.outcome, seen.settled.says) == ("discarded", "sent by mistake")
    assert (seen.key, seen.value, seen.headers, seen.reason) == (first.key, first.value, first.headers, first.reason)
    assert waiting == second
    monkeypatch.setenv("TEST_REFUSES_NOTHING", "1")
    assert [letter.number async for letter, _ in stage.replay().run()] == [second.number]
    assert await outcomes(stage.replay().run(number=first.number)) == [("mail", "handled")]
    assert [one.settled and one.settled.outcome for one in await letters(stage.kafka.bootstrap, stage.service)] == [
        "handled",
        "handled",
    ]


async def test_each_letter_is_told_of_once_but_not_one_that_tells_of_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling = things.telling_of_letters(stage.service)
    monkeypatch.setitem(TYPES, told := telling.name, telling)
    event_id = await stage.send(b"a", b'{"sequence": 1, "text": "refused"}')
    await stage.send(b"a", b"{}", ce_type="dead_letter.of_a_letter.v1")
    await stage.send(b"b", b"no event", ce_type="", ce_id="")
    stage.start("consumer", subscriptions="mail", tells_of_letters="1")
    await stage.letters(3)
    query = "select payload from outbox where type = $1 order by id"

    async def two() -> list[dict[str, object]]:
        found = [json.loads(payload) for (payload,) in await stage.rows(query, told)]
        return found if len(found) == 2 else []

    found = {letter["type"]: letter for letter in await eventually(two)}
    assert (found[things.CHANGED]["event_id"], found[things.CHANGED]["consumer"]) == (str(event_id), "mail")
    assert (found[""]["event_id"], found[""]["service"]) == (None, stage.service)
    things.declare(stage.topic)
    await outcomes(stage.replay().run(only=event_id))
    replayed = [json.loads(payload)["replays"] for (payload,) in await stage.rows(query, told)]
    assert replayed == [0, 0, 1]


async def test_a_replayed_record_changes_a_projection_only_if_nothing_newer_came(stage: Stage) -> None:
    stage.start("consumer", subscriptions="copy")
    for key in (b"overtaken", b"left-alone", b"erased"):
        await stage.send(key, b'{"sequence": 2, "text": "late"}', ce_type=NEWS)
    await stage.send(b"overtaken", b'{"sequence": 3, "text": "newer"}')
    await stage.send(b"erased", None)
    await stage.letters(3)
    await eventually(lambda: stage.rows("select true from copy where sequence = 3"))
    await eventually(lambda: stage.count("erased"))
    things.declare(stage.topic)
    TYPES[NEWS] = EventType(NEWS, stage.topic, things.Thing, "")
    try:
        became = {letter.key: became async for letter, became in stage.replay(UNDERSTANDING).run()}
    finally:
        del TYPES[NEWS]
    assert became == {
        b"overtaken": "handled",
        b"left-alone": "handled",
        b"erased": "passed over: its key was erased since",
    }
    found = await stage.rows("select key, sequence from copy order by key")
    assert found == [("left-alone", 2), ("overtaken", 3)]


async def test_many_dead_letters_in_a_row_end_the_process_before_it_moves_a_whole_topic_away(stage: Stage) -> None:
    for number in range(15):
        await stage.send(b"a", b"{" + str(number).encode())
    consumer = stage.start("consumer", subscriptions="copy")
    await eventually(lambda: ended(consumer))
    assert consumer.poll() != 0
    assert [json.loads(letter.value[1:]) for letter in await stage.letters(10) if letter.value] == list(range(10))
