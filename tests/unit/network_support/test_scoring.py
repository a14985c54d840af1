"""How well an offer fits, with a reason for each criterion; and the policy file that weighs them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.network_support.offers.scoring import Candidate, Code, Need, Pledge, Suggestion, ranked, scored
from services.network_support.offers.weights import FILE, Weights, load
from shared.policies import Faulty
from shared.reference import catalogue

TODAY = date(2024, 9, 2)
OBJECTIVES = tuple(catalogue.OBJECTIVES)
POLICY = load()


def pledge(number: int, title: str, *objectives: str, entity: str = "kalmora") -> Pledge:
    return Pledge(UUID(int=number), entity, title, frozenset(objectives))


NEED = Need(
    entity_id="veridia",
    type="knowledge_exchange",
    language="fr",
    objectives=("objective-4", "objective-14"),
    places=frozenset({"region_africa", "region_western_africa", "ldc"}),
    pledge=pledge(1, "Identity documents at every consulate", "objective-4", "objective-14", entity="veridia"),
)
OFFER = Candidate(
    offer_id=UUID(int=100),
    kind="expert",
    entity_id="kalmora",
    objectives=("objective-4",),
    types=("knowledge_exchange",),
    languages=("en", "fr"),
    places=("region_africa",),
    valid_until=TODAY + timedelta(days=30),
    capacity=4,
    used=1,
    conflicts="",
    conflicts_with=(),
    pledges=(pledge(2, "Identity documents in consulates", "objective-4"),),
)


def one(changed: dict[str, Any], need: Need = NEED, policy: Weights = POLICY) -> Suggestion:
    return scored(need, replace(OFFER, **changed), policy, TODAY)


def reason(found: Suggestion, criterion: str) -> tuple[str, float, tuple[str, ...]]:
    [given] = [each for each in found.reasons if each.criterion == criterion]
    return given.code, given.points, given.values


def test_each_criterion_has_one_reason_and_they_add_up() -> None:
    found = one({})
    assert {each.criterion for each in found.reasons} == set(POLICY.points.model_dump())
    assert len(found.reasons) == len(POLICY.points.model_dump())
    assert found.points == pytest.approx(sum(each.points for each in found.reasons))
    assert found.of == POLICY.points.most == 100


@pytest.mark.parametrize(
    ("criterion", "changed", "code", "points", "values"),
    [
        ("objectives", {}, "objectives_shared", 15, ("objective-4",)),
        ("objectives", {"objectives": NEED.objectives}, "objectives_shared", 30, NEED.objectives),
        ("objectives", {"objectives": ()}, "objectives_all", 15, ()),
        ("objectives", {"objectives": ("objective-9",)}, "objectives_other", 0, ()),
        ("type", {}, "type_named", 20, ("knowledge_exchange",)),
        ("type", {"types": ()}, "type_all", 10, ("knowledge_exchange",)),
        ("type", {"types": ("fund_proposal",)}, "type_other", 0, ("fund_proposal",)),
        ("region", {}, "region_shared", 15, ("region_africa",)),
        ("region", {"places": ()}, "region_all", 7.5, ()),
        ("region", {"places": ("CHE",)}, "region_other", 0, ("CHE",)),
        ("theme", {"objectives": ()}, "theme_all", 5, ()),
        ("language", {}, "language_shared", 10, ("fr",)),
        ("language", {"languages": ("fr-CA",)}, "language_shared", 10, ("fr",)),
        ("language", {"languages": ("en", "fro")}, "language_other", 0, ("en", "fro")),
        ("pledge", {"pledges": ()}, "pledge_none", 0, ()),
        ("pledge", {"pledges": (NEED.pledge,)}, "pledge_none", 0, ()),
        ("pledge", {"pledges": (pledge(3, "Fisheries", "objective-9"),)}, "pledge_none", 0, ()),
        ("validity", {}, "validity_until", 1.5, ("2024-10-02", "30")),
        ("validity", {"valid_until": None}, "validity_open", 3, ()),
        ("validity", {"valid_until": TODAY}, "validity_until", 0, ("2024-09-02", "0")),
        ("capacity", {}, "capacity_left", 1.5, ("3", "4")),
        ("capacity", {"capacity": None}, "capacity_open", 2, ()),
        ("conflict", {}, "conflict_none", 0, ()),
        ("conflict", {"conflicts": "Is paid by X"}, "conflict_declared", 0, ("Is paid by X",)),
        ("conflict", {"conflicts_with": ("kalmora",)}, "conflict_declared", 0, ("",)),
        ("conflict", {"conflicts_with": ("veridia",)}, "conflict_with_requester", -40, ("",)),
    ],
)
def test_a_criterion_says_what_agrees(
    criterion: str, changed: dict[str, Any], code: Code, points: float, values: tuple[str, ...]
) -> None:
    assert reason(one(changed), criterion) == (code, points, values)


def test_a_theme_is_a_round_table_of_the_compact() -> None:
    wanted = catalogue.OBJECTIVES["objective-4"].round_table
    beside = next(c for c, o in catalogue.OBJECTIVES.items() if o.round_table == wanted and c not in NEED.objectives)
    elsewhere = next(c for c, o in catalogue.OBJECTIVES.items() if o.round_table not in tables(NEED.objectives))
    code, points, values = reason(one({"objectives": (beside,)}), "theme")
    assert (code, points > 0, values) == ("theme_shared", True, (str(wanted),))
    assert reason(one({"objectives": (elsewhere,)}), "theme")[:2] == ("theme_other", 0)


def tables(objectives: tuple[str, ...]) -> set[int]:
    return {catalogue.OBJECTIVES[code].round_table for code in objectives}


def test_a_similar_pledge_is_named_and_the_most_similar_of_several() -> None:
    farther = pledge(5, "Documents", "objective-4", "objective-9")
    found = one({"pledges": (farther, *OFFER.pledges)})
    code, points, values = reason(found, "pledge")
    assert (code, values[0]) == ("pledge_alike", "Identity documents in consulates")
    assert 4 <= points < 10
    assert next(each.pledge_id for each in found.reasons if each.criterion == "pledge") == UUID(int=2)


def test_a_request_whose_pledge_is_not_known_still_has_suggestions() -> None:
    bare = replace(NEED, objectives=(), places=frozenset(), pledge=None)
    found = one({}, bare)
    assert reason(found, "objectives")[0] == "objectives_unnamed"
    assert reason(found, "region")[0] == "region_other"
    assert reason(found, "pledge")[0] == "pledge_none"
    assert found.points > 0


def test_the_best_stands_first_and_equal_ones_stand_by_age() -> None:
    best = replace(OFFER, offer_id=UUID(int=7), objectives=NEED.objectives)
    twin = replace(OFFER, offer_id=UUID(int=8))
    found = ranked(NEED, [OFFER, twin, best], POLICY, TODAY)
    assert [each.candidate.offer_id.int for each in found] == [7, 8, 100]


def test_a_conflict_with_the_requester_is_shown_and_ranks_low() -> None:
    bad = replace(OFFER, offer_id=UUID(int=1), conflicts="We advise Veridia", conflicts_with=("veridia",))
    found = ranked(NEED, [bad, OFFER], POLICY, TODAY)
    assert [each.conflict for each in found] == [False, True]
    assert found[1].points == pytest.approx(found[0].points - POLICY.points.conflict)


def test_nobody_is_suggested_to_oneself() -> None:
    assert ranked(NEED, [replace(OFFER, entity_id="veridia")], POLICY, TODAY) == []


def test_what_hardly_fits_is_not_suggested_and_not_more_than_the_policy_says() -> None:
    poor = replace(OFFER, objectives=("objective-9",), types=("fund_proposal",), places=("CHE",), languages=("zh",))
    assert ranked(NEED, [replace(poor, pledges=())], POLICY, TODAY) == []
    many = [replace(OFFER, offer_id=UUID(int=number)) for number in range(50)]
    assert len(ranked(NEED, many, POLICY, TODAY)) == POLICY.most


codes = st.lists(st.sampled_from(OBJECTIVES), unique=True).map(tuple)


@given(codes, codes, st.integers(0, 400), st.integers(1, 9), st.integers(0, 9), st.booleans())
def test_points_stay_within_what_they_are_of(
    wanted: tuple[str, ...], offered: tuple[str, ...], days: int, capacity: int, used: int, conflict: bool
) -> None:
    need = replace(NEED, objectives=wanted)
    offer: dict[str, Any] = {"objectives": offered, "valid_until": TODAY + timedelta(days=days), "capacity": capacity}
    offer |= {"used": min(used, capacity), "conflicts_with": ("veridia",) if conflict else ()}
    for each in one(offer, need).reasons:
        least = -each.of if each.criterion == "conflict" else 0
        assert least <= each.points <= each.of


@given(codes, st.sampled_from(OBJECTIVES))
def test_one_more_objective_that_is_wanted_never_makes_it_worse(offered: tuple[str, ...], more: str) -> None:
    if offered:
        need = replace(NEED, objectives=(*NEED.objectives, more), pledge=None)
        assert one({"objectives": (*offered, more)}, need).points >= one({"objectives": offered}, need).points


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("  region: 15", "  regoin: 15", "regoin is not known here. Did you mean region?"),
        ("most: 20", "mots: 20", "mots is not known here. Did you mean most?"),
        ("  objectives: 30", "  objectives: many", "points.objectives input should be a valid integer"),
        ("  objectives: 30", "  objectives: -1", "points.objectives input should be greater than or equal to 0"),
        ("for_all: 0.5", "for_all: 5", "for_all input should be less than or equal to 1"),
        ("valid_days: 60", "valid_days: 0", "valid_days input should be greater than or equal to 1"),
    ],
)
def test_a_typo_in_the_policy_is_named_with_its_line(tmp_path: Path, before: str, after: str, says: str) -> None:
    text = FILE.read_text("utf-8")
    file = tmp_path / "weights.yaml"
    file.write_text(text.replace(before, after), "utf-8")
    line = 1 + next(number for number, each in enumerate(text.splitlines()) if each.startswith(before))
    with pytest.raises(Faulty) as fault:
        load(file)
    assert f"weights.yaml, line {line}: {says}" in str(fault.value)
