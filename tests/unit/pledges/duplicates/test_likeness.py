"""Which pledges are alike, and what is said of it: the shapes that real ones come in."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.duplicates import keys, texts
from services.pledges.duplicates.likeness import LEAST, Likeness, compare
from services.pledges.duplicates.texts import Said
from services.pledges.duplicates.words import says
from services.pledges.registry.content import Content
from shared.reference.entries import LANGUAGES

REAL = Path("deploy/local/demo/real_pledges.json")

FRENCH = {
    "language": "fr",
    "title": "Des points de service humanitaire sur les routes migratoires",
    "description": "D'ici 2025, la Société offrira 12 points de service à 40 000 personnes migrantes par an, avec"
    " soins, eau et contact avec les proches, et formera 350 volontaires.",
}
ENGLISH = {
    "language": "en",
    "title": "Humanitarian service points along migratory routes",
    "description": "By 2025 the Society will offer 12 service points to 40,000 migrants a year, with care, water and"
    " contact with relatives, and will train 350 volunteers.",
}


def pledge(entity: str = "veridia", **content: Any) -> Said:
    return texts.said(entity, Content.model_validate({"objectives": ["objective-7"], "forms": ["process"]} | content))


def codes(found: Likeness) -> set[str]:
    return {reason.code for reason in found.reasons}


def shared_keys(one: Said, other: Said) -> int:
    return len(keys.public(one) & keys.public(other))


def alike(one: Said, other: Said) -> Likeness:
    """As they are found: by a key that they share, and above what is shown."""
    assert shared_keys(one, other)
    found = compare(one, other)
    assert found.score >= LEAST
    assert found.score == compare(other, one).score
    return found


def test_one_text_under_two_titles() -> None:
    other = pledge(**ENGLISH | {"title": "Reaching people on the move: our common undertaking"})
    assert {"same_text", "same_entity", "shared_objectives"} <= codes(alike(pledge(**ENGLISH), other))


def test_one_title_at_two_addresses_with_a_text_that_was_edited() -> None:
    edited = ENGLISH["description"].replace("care, water", "health care, drinking water").replace("train", "educate")
    found = alike(pledge(**ENGLISH), pledge(**ENGLISH | {"description": edited}))
    assert {"same_title", "similar_text"} <= codes(found)


def test_a_text_to_which_a_report_was_added() -> None:
    longer = f"{ENGLISH['description']} UPDATE: 4/JUL/23. {'Seven service points were opened, others follow. ' * 4}"
    assert "similar_text" in codes(alike(pledge(**ENGLISH), pledge(**ENGLISH | {"description": longer})))


def test_a_translation_that_was_filed_by_itself() -> None:
    found = alike(pledge(**ENGLISH), pledge(**FRENCH))
    assert {"other_language", "same_numbers", "shared_objectives"} <= codes(found)
    [numbers] = [reason.parameters["values"] for reason in found.reasons if reason.code == "same_numbers"]
    assert numbers == ["12", "350", "40000"]


def test_a_translation_that_the_other_already_has() -> None:
    both = pledge(**ENGLISH, translations=[FRENCH])
    found = alike(both, pledge(**FRENCH))
    assert {"same_title", "same_text"} <= codes(found)


def test_accents_case_and_order_make_no_difference() -> None:
    one = pledge(title="Identity documents in Montréal and Kampala", description="")
    assert "same_title" in codes(
        alike(one, pledge(title="KAMPALA AND MONTREAL: identity documents in", description=""))
    )


def test_a_chinese_text_is_compared_too() -> None:
    text = "我们将在三年内为所有移民工人提供免费的法律援助和语言培训,并在十二个城市设立服务中心。" * 2
    found = alike(pledge(title="移民服务", description=text), pledge(title="移民工人服务", description=text + "谢谢"))
    assert "similar_text" in codes(found) or "same_text" in codes(found)


def test_the_same_identifier_is_certain_wherever_it_stands() -> None:
    ids = [{"system": "GRF", "id": "GRF-07853"}]
    one, other = pledge(title="One", external_ids=ids), pledge("kalmora", title="Quite another", external_ids=ids)
    found = alike(one, other)
    assert (found.score, "same_external_id" in codes(found)) == (100, True)


def test_a_pledge_of_a_partner() -> None:
    found = alike(pledge(**ENGLISH, partner_entities=["kalmora"]), pledge("kalmora", **ENGLISH))
    assert "partner_entity" in codes(found)
    assert shared_keys(pledge(**ENGLISH), pledge("sorvenia", **ENGLISH)) == 0  # of strangers: not sought


def test_a_later_edition_is_less_alike() -> None:
    first = pledge(title="Action plan 2021-2024", period={"start": "2021", "end": "2024"})
    again = pledge(title="Action plan 2021-2024", period={"start": "2021", "end": "2024"})
    third = pledge(title="Action plan 2025-2028", period={"start": "2025", "end": "2028"})
    assert compare(first, third).score < compare(first, again).score
    assert "other_period" in codes(compare(first, third))


def _real() -> list[Said]:
    made = []
    for record in json.loads(REAL.read_text()):
        if record["entity"]:
            content = {name: record[name] for name in ("title", "language", "objectives", "forms") if record[name]}
            period = {name: day for name, day in (record["period"] or {}).items() if day}
            targets = [{"what": one["what"], "value": one["value"]} for one in record["targets"]]
            given = {**content, "description": record["summary"], "period": period, "targets": targets}
            made.append(texts.said(record["entity"]["entity_id"], Content.model_validate(given)))
    return made


def test_no_two_of_the_real_pledges_are_the_same() -> None:
    real = _real()
    assert len(real) == 37
    assert [pair for pair in itertools.combinations(real, 2) if compare(*pair).score >= LEAST] == []
    for one in real:
        assert compare(one, one).score >= 95


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("200.000 euros", {"200000"}),
        ("200 000 and 200,000", {"200000"}),
        ("3.06 million", {"3.06"}),
        ("1'250'000 francs in 2026", {"1250000"}),
        ("4 of 5, by 2030-06", set()),
        ("٤٠٠٠٠ لاجئ", {"40000"}),
        ("", set()),
    ],
)
def test_numbers_as_they_are_written(written: str, numbers: set[str]) -> None:
    assert pledge(title="x", description=written).numbers == numbers


words = st.lists(st.sampled_from(["migrants", "cities", "care", "law", "work", "rights", "data"]), max_size=30)
contents = st.fixed_dictionaries(
    {
        "title": st.text(min_size=1, max_size=60).filter(str.strip),
        "description": st.one_of(words.map(" ".join), st.text(max_size=200)),
        "language": st.sampled_from(["en", "fr", "zh"]),
        "objectives": st.lists(st.sampled_from(["objective-1", "objective-7", "objective-23"]), unique=True),
        "period": st.sampled_from([{}, {"end": "2024"}, {"start": "2025-02", "end": "2026"}]),
    }
)


@given(contents, contents)
def test_scores_are_bounded_the_same_both_ways_and_every_reason_has_a_sentence(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    try:
        first, second = pledge(**one), pledge(**other)
    except ValueError:  # a text that no pledge may have
        return
    found, back = compare(first, second), compare(second, first)
    assert 0 <= found.score <= 100
    assert found.score == back.score
    assert all(says(reason, language) for reason in found.reasons for language in LANGUAGES)
    assert compare(first, second) == found


@given(contents)
def test_what_is_the_same_shares_all_keys(one: dict[str, Any]) -> None:
    try:
        first = pledge(**one)
    except ValueError:
        return
    assert keys.public(first) == keys.public(pledge(**one))
    assert all(-(2**63) <= key < 2**63 for key in keys.public(first))


def test_there_are_few_keys_however_long_the_text() -> None:
    many = pledge(
        title="word " * 90,
        description=" ".join(str(number) for number in range(3000)),
        translations=[{"language": code, "title": code, "description": code * 900} for code in ("fr", "es", "ar")],
        external_ids=[{"system": "s", "id": str(number)} for number in range(50)],
    )
    assert len(keys.public(many)) <= 70


def _text_keys(text: str) -> set[str]:
    signs = keys._of_wording(texts.Wording("", text))  # noqa: SLF001 - the figure is of the texts alone
    return {sign for sign in signs if sign.startswith("text")}


def test_half_alike_texts_share_a_key_nearly_always() -> None:
    """The figure of keys.py: at s = 0.7, 0.97 of the pairs; here over 300 pairs of texts."""
    found = 0
    for seed in range(300):
        same = [f"w{seed}x{number}" for number in range(85)]
        one, other = (" ".join([*same, *(f"{side}{seed}y{number}" for number in range(15))]) for side in "ab")
        found += bool(_text_keys(one) & _text_keys(other))
    assert found >= 270
