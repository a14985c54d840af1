"""The committed contracts are what the code says, every example is read by today's models, and breaks are noticed."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from cli.contracts import ROOT, breaks, contracts, schema
from shared.events.examples import EXAMPLES
from shared.events.registry import HEARTBEAT, PUBLIC_TOPICS, TYPES, read

EXAMPLE_FILES = sorted((ROOT / "examples").glob("*.json"))
# words that would name a person or hold what is not public
PERSONAL = ("person", "address", "email", "contact", "sub", "draft", "content")


def test_what_is_committed_is_what_the_code_says() -> None:
    made = contracts()
    committed = {str(file.relative_to(ROOT)) for file in ROOT.rglob("*") if file.is_file()}
    assert committed == made.keys()
    assert [name for name, text in made.items() if (ROOT / name).read_text() != text] == []


@pytest.mark.parametrize("file", EXAMPLE_FILES, ids=lambda file: file.stem)
def test_every_committed_example_is_read_and_fits_its_schema(file: Path) -> None:
    event = TYPES[file.stem]
    read(event, file.read_bytes())
    jsonschema.validate(json.loads(file.read_text()), json.loads((ROOT / "schemas" / file.name).read_text()))


def test_every_type_has_an_example() -> None:
    assert EXAMPLES.keys() == TYPES.keys()


@pytest.mark.parametrize("name", TYPES)
def test_a_field_of_a_later_version_is_passed_over_by_readers_and_refused_to_writers(name: str) -> None:
    data = EXAMPLES[name].model_dump(mode="json") | {"added_later": 1}
    assert read(TYPES[name], json.dumps(data).encode()) == EXAMPLES[name]
    with pytest.raises(ValidationError, match="added_later"):
        TYPES[name].data.model_validate(data)


@pytest.mark.parametrize("name", TYPES)
def test_no_contract_has_a_place_for_a_person_or_for_unpublished_words(name: str) -> None:
    fields = set(_names(schema(TYPES[name])))
    if name == "person.erased.v1":  # on an internal topic: from then on the id leads to nobody
        fields -= {"person_id"}
    assert [field for field in fields for word in PERSONAL if word in field.split("_")] == []


def _names(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [*part.get("properties", {}), *(name for value in part.values() for name in _names(value))]
    return [name for value in part for name in _names(value)] if isinstance(part, list) else []


def test_a_type_that_is_gone_a_topic_that_changed_and_a_schema_that_widened_are_named() -> None:
    merged = contracts()
    assert breaks(merged, merged) == []
    made = dict(merged)
    del made["schemas/support.withdrawn.v1.json"]
    made["asyncapi.yaml"] = made["asyncapi.yaml"].replace("gcm.reviews", "gcm.milestones")
    made["schemas/pledge.published.v1.json"] = made["schemas/pledge.published.v1.json"].replace('"matching"', '"other"')
    remedy = ". Its readers would break; leave it as it was and add a new major version"
    assert [line.removesuffix(remedy) for line in breaks(merged, made)] == [
        'pledge.published.v1: pledge.kind may now be "other"',
        "support.withdrawn.v1: it is gone",
        "heartbeat.v1: it was on gcm.reviews, and is not",
        "milestone.changed.v1: it was on gcm.reviews, and is not",
        "milestone.republished.v1: it was on gcm.reviews, and is not",
    ]


def test_a_type_that_comes_new_breaks_nobody() -> None:
    made = contracts()
    merged = {name: text for name, text in made.items() if "support" not in name}
    assert breaks(merged | {"asyncapi.yaml": ""}, made) == []


def test_asyncapi_names_every_topic_and_type_once() -> None:
    document = yaml.safe_load((ROOT / "asyncapi.yaml").read_text())
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"].keys() == {event.topic for event in TYPES.values()}
    assert document["components"]["messages"].keys() == TYPES.keys() | {HEARTBEAT}
    beating = [topic for topic, channel in document["channels"].items() if HEARTBEAT in channel["messages"]]
    assert beating == [*PUBLIC_TOPICS]
    public = {operation["channel"]["$ref"].rpartition("/")[2] for operation in document["operations"].values()}
    assert public == set(PUBLIC_TOPICS)
