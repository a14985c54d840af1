"""How alike two requests of one entity are, and why."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.network_support.merging.likeness import LEAST, Said, compare
from services.network_support.merging.words import says
from shared.searching.folding import fold

ONE = Said("veridia", UUID(int=1), "knowledge_exchange", "en", fold("How do others issue documents at consulates?"))


def codes(one: Said, other: Said) -> list[str]:
    return [why.code for why in compare(one, other).reasons]


def test_the_same_request_has_every_reason() -> None:
    assert compare(ONE, ONE).score == 100
    assert codes(ONE, ONE) == ["same_entity", "same_pledge", "same_type", "same_text"]


def test_the_same_text_for_another_pledge_is_worth_a_look_and_another_text_for_the_same_pledge_is_not() -> None:
    assert compare(ONE, replace(ONE, pledge_id=UUID(int=2))).score >= LEAST
    other = replace(ONE, text=fold("We look for money to buy two ships for the coast guard"))
    assert compare(ONE, other).score < LEAST


def test_words_in_another_order_and_other_signs_are_alike() -> None:
    other = replace(ONE, text=fold("Documents at consulates: how do others issue them?!"))
    assert "similar_text" in codes(ONE, other)


def test_a_translation_is_worth_a_look_where_pledge_and_type_agree() -> None:
    french = replace(ONE, language="fr", text=fold("Comment font les autres ?"))
    assert compare(ONE, french).score >= LEAST
    assert codes(ONE, french)[-1] == "other_language"
    assert compare(ONE, replace(french, type="fund_proposal")).score == LEAST
    assert compare(ONE, replace(french, pledge_id=UUID(int=2))).score < LEAST
    assert compare(ONE, replace(ONE, language="en-GB")).score == 100


_SAID = st.builds(
    Said,
    st.just("veridia"),
    st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.sampled_from(["knowledge_exchange", "fund_proposal"]),
    st.sampled_from(["en", "fr", "zh"]),
    st.text(max_size=60),
)


@given(_SAID, _SAID)
def test_it_makes_no_difference_which_is_asked_about_and_every_reason_has_words(one: Said, other: Said) -> None:
    found = compare(one, other)
    assert found.score == compare(other, one).score
    assert 0 <= found.score <= 100
    assert all(says(why) for why in found.reasons)
