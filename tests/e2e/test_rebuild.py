"""The public registry, rebuilt by a stranger: another client library, and nothing but docs/contracts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import confluent_kafka as other
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.stack import Person, Stack, eventually

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts"
Snapshot = dict[str, Any]

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first


class Rebuilt:
    """What the public topics say: the newest snapshot of every key, by topic."""

    def __init__(self) -> None:
        said = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text())
        self.topics = [name for name, channel in said["channels"].items() if channel["description"] == "Public."]
        self.snapshots: dict[str, dict[str, Snapshot]] = {topic: {} for topic in self.topics}
        self._schemas = {
            file.name.removesuffix(".json"): Draft202012Validator(json.loads(file.read_text()))
            for file in (CONTRACTS / "schemas").glob("*.json")
        }

    def read(self, bootstrap: str) -> None:
        for record in _all_records(bootstrap, self.topics):
            self._take(record)

    def _take(self, record: other.Message) -> None:
        topic, key = cast(str, record.topic()), cast(bytes, record.key()).decode()
        kept, value = self.snapshots[topic], record.value()
        if value is None:  # a tombstone
            kept.pop(key, None)
            return
        headers = cast(dict[str, bytes], dict(record.headers() or ()))
        kind = headers["ce_type"].decode()
        if kind.startswith("heartbeat."):
            return
        data = json.loads(value)
        self._schemas[kind].validate(data)
        [snapshot] = [part for name, part in data.items() if name != "change"]
        if snapshot["sequence"] > kept.get(key, {"sequence": 0})["sequence"]:
            kept[key] = snapshot


def _all_records(bootstrap: str, topics: list[str]) -> Iterator[other.Message]:
    """Everything that is committed by now, from the beginning."""
    consumer = other.Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "a-stranger",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    try:
        found = consumer.list_topics(timeout=20).topics
        places = [other.TopicPartition(topic, number, 0) for topic in topics for number in found[topic].partitions]
        consumer.assign(places)
        open_ends = {(place.topic, place.partition) for place in places}
        while open_ends:
            record = consumer.poll(20)
            assert record is not None, f"nothing more came, and these have not ended: {open_ends}"
            error = record.error()
            if error is None:
                yield record
            else:
                assert error.code() == other.KafkaError._PARTITION_EOF, error  # noqa: SLF001 - its public name for it
                open_ends.discard((record.topic(), record.partition()))
    finally:
        consumer.close()


def pages(person: Person, path: str) -> Iterator[dict[str, Any]]:
    """All items of a list of the API."""
    cursor: str | None = None
    while True:
        page = person.get("pledges", path, limit=100, **({"cursor": cursor} if cursor else {})).json()
        yield from page["items"]
        if not (cursor := page["next"]):
            return


@pytest.fixture(scope="module")
def rebuilt(stack: Stack) -> Rebuilt:
    """Once everything that happened so far is on the topics."""

    def complete() -> Rebuilt | None:
        found = Rebuilt()
        found.read(stack.addresses["kafka"])
        listed = {item["pledge_id"]: item["version"] for item in pages(stack.anyone, "/pledges")}
        seen = {key: snapshot["version"] for key, snapshot in found.snapshots["gcm.pledges"].items()}
        return found if listed == seen else None

    return cast(Rebuilt, eventually(complete, within=60))


def test_every_published_pledge_is_the_one_of_the_api(stack: Stack, rebuilt: Rebuilt) -> None:
    asked: dict[str, list[dict[str, str]]] = {}
    for request in rebuilt.snapshots["gcm.support"].values():
        if request["status"] != "withdrawn":
            shown = {"request_id": request["request_id"], "status": request["status"]}
            asked.setdefault(request["pledge_id"], []).append(shown)
    assert len(rebuilt.snapshots["gcm.pledges"]) >= 37
    for key, snapshot in rebuilt.snapshots["gcm.pledges"].items():
        support = sorted(asked.get(key, []), key=lambda one: one["request_id"])
        assert stack.anyone.get("pledges", f"/pledges/{key}").json() == {**snapshot, "support": support}


def test_every_entity_is_the_one_of_the_api(stack: Stack, rebuilt: Rebuilt) -> None:
    listed = {item["entity_id"]: item for item in pages(stack.anyone, "/entities")}
    assert len(listed) > 193
    assert rebuilt.snapshots["gcm.entities"].keys() == listed.keys()
    for key, snapshot in rebuilt.snapshots["gcm.entities"].items():
        same = snapshot.keys() & listed[key].keys()
        assert {"names", "aliases", "groups", "kind"} <= same
        assert {name: snapshot[name] for name in same} == {name: listed[key][name] for name in same}


def test_every_milestone_is_the_one_of_the_api(stack: Stack, rebuilt: Rebuilt) -> None:
    cycles = stack.anyone.get("pledges", "/reviews").json()["items"]
    listed = {one["code"]: one for cycle in cycles for one in cycle["milestones"]}
    assert listed
    assert rebuilt.snapshots["gcm.reviews"].keys() == listed.keys()
    for key, snapshot in rebuilt.snapshots["gcm.reviews"].items():
        same = snapshot.keys() & listed[key].keys()
        assert {"names", "starts", "time_zone"} <= same
        assert {name: snapshot[name] for name in same} == {name: listed[key][name] for name in same}
