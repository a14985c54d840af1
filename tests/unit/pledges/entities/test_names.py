"""How entities are named and found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.entities.names import MOST_WORDS, display, searchable, words
from shared.searching.folding import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Montréal", "montreal"),
        ("CÔTE D’IVOIRE", "cote d ivoire"),
        ("Côte d'Ivoire", "cote d ivoire"),
        ("Łódź", "lodz"),
        ("Türkiye", "turkiye"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("Việt Nam", "viet nam"),
        ("ألمانيا", "المانيا"),
        ("德国", "德国"),
        ("Кот-д'Ивуар", "кот д ивуар"),
        ("  —!?  ", ""),
    ],
)
def test_accents_case_and_punctuation_make_no_difference(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(min_size=1))
def test_an_entity_is_found_by_any_of_its_own_words(name: str) -> None:
    assert all(word in searchable("x", {"en": "Other"}, [name]) for word in words(name))


def test_a_search_costs_a_bounded_number_of_look_ups() -> None:
    assert len(words("a " * 100)) == MOST_WORDS


def test_english_is_shown_if_there_is_any() -> None:
    assert display({"fr": "Véridie", "en": "Veridia"}) == "Veridia"
    assert display({"es": "Ciudad", "fr": "Ville"}) == "Ciudad"
