"""What a pledge is counted under."""

from collections import Counter
from typing import Any

import pytest

from services.pledges.statistics.facts import DIMENSIONS, SEVERAL, counted, pairs, parted
from shared.events.examples import EXAMPLES
from shared.events.pledges import PledgeEvent, PledgeSnapshot

_EVENT = EXAMPLES["pledge.published.v1"]
assert isinstance(_EVENT, PledgeEvent)
PLEDGE = _EVENT.pledge


def pledge(**changed: Any) -> PledgeSnapshot:
    return PledgeSnapshot.model_validate(PLEDGE.model_dump() | changed)


def codes(found: list[str], dimension: str) -> list[str]:
    return [fact.partition(":")[2] for fact in found if fact.startswith(f"{dimension}:")]


LISTS = ("objectives", "main_objectives", "principles", "commitments", "forms", "levels", "frameworks", "sdg_targets")
NAMED = ("partners", "partner_entities", "translations")
EMPTY: dict[str, Any] = {name: [] for name in (*LISTS, *NAMED)} | {"review_cycle": None, "progress": {}}


def test_a_pledge_that_says_nothing_is_counted_in_every_dimension() -> None:
    found = counted(pledge(**EMPTY)).facts
    assert [fact.partition(":")[0] for fact in found] == list(DIMENSIONS)
    assert {name for name in DIMENSIONS if codes(found, name) == ["none"]} == SEVERAL - {"language"} | {
        *("status", "cycle", "review")
    }


def test_two_objectives_of_one_round_table_are_one_round_table() -> None:
    found = counted(pledge(**EMPTY | {"objectives": ["objective-2", "objective-5", "objective-3"]})).facts
    assert codes(found, "objective") == ["objective-2", "objective-5", "objective-3"]
    assert len(codes(found, "round_table")) == len(set(codes(found, "round_table"))) < 3


def test_a_translation_is_a_language_of_the_pledge() -> None:
    text = {"language": "fr", "title": "Des papiers", "description": ""}
    assert codes(counted(pledge(language="en", translations=[text])).facts, "language") == ["en", "fr"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "closed", "closed_reason": "withdrawn"}, "withdrawn"),
        ({"state": "closed", "closed_reason": "superseded", "merged": True}, "merged"),
    ],
)
def test_what_is_withdrawn_or_merged_is_told_of_its_entity_only(changed: dict[str, Any], reason: str) -> None:
    found = counted(pledge(**changed))
    entity = PLEDGE.entity.entity_id
    assert (found.facts, found.cycle, found.heard) == ([f"entity:{entity}", f"left_out:{reason}"], None, None)


def test_a_closed_pledge_is_counted_by_the_reason() -> None:
    closed = counted(pledge(state="closed", closed_reason="superseded"))
    assert codes(closed.facts, "state") == ["superseded"]
    assert codes(counted(pledge(state="published", closed_reason=None)).facts, "state") == ["published"]


def test_each_two_dimensions_make_a_pair_and_each_code_one_with_itself() -> None:
    found = counted(pledge(**EMPTY | {"objectives": ["objective-1", "objective-2"]})).facts
    kept = [place for pair in pairs(found) if (place := parted(pair))]
    assert ("objective", "kind", "objective-2", pledge().kind) in kept
    assert ("objective", "objective", "objective-1", "objective-2") not in kept
    assert Counter(kept).most_common(1)[0][1] == 1
    assert len(kept) == len(found) * (len(found) + 1) // 2 - sum(
        len(codes(found, name)) * (len(codes(found, name)) - 1) // 2 for name in DIMENSIONS
    )


def test_partners_are_paired_with_the_entity_alone() -> None:
    found = counted(pledge(**EMPTY | {"partners": ["IOM", "IOM"], "partner_entities": ["kalmora"]})).facts
    named = [pair for pair in pairs(found) if "partner" in str(pair) or "together" in str(pair)]
    entity = f"entity:{PLEDGE.entity.entity_id}"
    assert named == [(entity, "partner:IOM"), (entity, "together:kalmora"), ("together:kalmora", "together:kalmora")]
