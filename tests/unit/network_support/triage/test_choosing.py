"""Who gets a case by rule: the first rule that finds somebody, then whose turn it is."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.network_support.triage.choosing import Candidate, Facts, choose
from services.network_support.triage.policy import Only, Policy, Rule, load

THEN = datetime(2024, 9, 2, tzinfo=UTC)
RULES = (
    Rule(name="fund", only=Only(types=("fund_proposal",)), match=("objective",)),
    Rule(name="both", match=("region", "language")),
    Rule(name="region", match=("region",)),
)
POLICY = Policy(automatic=True, most_open=3, soon_hours=48, rules=RULES)
FACTS = Facts("request", "knowledge_exchange", "region_africa", "fr", frozenset({"objective-4"}))


def officer(name: str, **has: object) -> Candidate:
    return Candidate(name, **{"regions": frozenset({"region_africa"}), **has})  # type: ignore[arg-type]


def chosen(*there: Candidate, facts: Facts = FACTS) -> tuple[str, str] | None:
    found = choose(POLICY, facts, there)
    return (found.officer, found.rule) if found else None


def test_an_earlier_rule_goes_before_a_smaller_load() -> None:
    french = officer("french", languages=frozenset({"fr"}), load=2)
    assert chosen(officer("free"), french) == ("french", "both")


def test_of_one_rule_the_smaller_load_then_the_longer_wait_then_the_id() -> None:
    busy, idle = officer("a", load=1), officer("b", load=0, given_at=THEN)
    assert chosen(busy, idle) == ("b", "region")
    longer = officer("c", load=0, given_at=THEN - timedelta(days=1))
    assert chosen(busy, idle, longer) == ("c", "region")
    assert chosen(busy, idle, longer, officer("z")) == ("z", "region")  # was never given one
    assert chosen(officer("y"), officer("x")) == ("x", "region")


def test_who_has_as_many_as_the_policy_allows_gets_no_more() -> None:
    assert chosen(officer("full", load=3)) is None
    assert chosen(officer("nearly", load=2)) == ("nearly", "region")


def test_a_rule_is_only_for_its_cases() -> None:
    knows = officer("knows", regions=frozenset(), objectives=frozenset({"objective-4"}))
    assert chosen(knows) is None
    fund = Facts("request", "fund_proposal", None, "fr", frozenset({"objective-4", "objective-5"}))
    assert chosen(knows, facts=fund) == ("knows", "fund")


def test_what_nobody_knows_of_a_case_agrees_with_nothing() -> None:
    assert chosen(officer("a", languages=frozenset({"fr"})), facts=Facts("dead_letter")) is None
    assert chosen() is None


def test_it_says_what_agreed_and_of_how_many() -> None:
    found = choose(POLICY, FACTS, [officer("a"), officer("b", load=1)])
    assert found is not None
    assert (found.agrees, found.load, found.of) == ({"region": ["region_africa"]}, 0, 2)


_TRAITS = st.frozensets(st.sampled_from(["region_africa", "region_asia"]), max_size=2)
_OFFICERS = st.lists(
    st.builds(
        Candidate,
        st.sampled_from("abcdef"),
        regions=_TRAITS,
        languages=st.frozensets(st.sampled_from(["fr", "ar"])),
        load=st.integers(0, 5),
        given_at=st.none() | st.just(THEN),
    ),
    unique_by=lambda one: one.person_id,
)


@given(_OFFICERS, st.randoms())
def test_the_order_of_officers_makes_no_difference_and_nobody_full_is_chosen(
    there: list[Candidate], chance: random.Random
) -> None:
    mixed = chance.sample(there, len(there))
    found = choose(POLICY, FACTS, there)
    assert found == choose(POLICY, FACTS, mixed)
    if found is None:
        assert all(one.load >= 3 or "region_africa" not in one.regions for one in there)
    else:
        assert found.load < 3


def test_the_policy_that_is_shipped_can_be_read() -> None:
    assert load().automatic is True
    assert load().rules[0].name == "objective, region and language"


@pytest.mark.parametrize("trait", ["region", "language", "objective"])
def test_each_trait_is_looked_at(trait: str) -> None:
    policy = POLICY.model_copy(update={"rules": (Rule.model_validate({"name": "one", "match": [trait]}),)})
    values = {"region": "regions", "language": "languages", "objective": "objectives"}
    own = {"region": {"region_africa"}, "language": {"fr"}, "objective": {"objective-4"}}[trait]
    assert choose(policy, FACTS, [Candidate("a")]) is None
    assert choose(policy, FACTS, [Candidate("a", **{values[trait]: frozenset(own)})]) is not None  # type: ignore[arg-type]
