"""Texts as words, whatever somebody sends as a text."""

import sys
from time import perf_counter

import pytest

from shared.reference import typed
from shared.searching import folding
from shared.searching import words as searching
from shared.searching.folding import MOST_MARKS, fold, is_mark, stream_safe
from shared.searching.words import words

MARKS = ["\u0301", "\u0344", "\u0f73", "\uff9e", "\U0001e94a"]


@pytest.mark.parametrize("mark", MARKS)
def test_marks_without_end_are_cut(mark: str) -> None:
    assert stream_safe(f"a{mark * 20_000}b{mark}") == f"a{mark * MOST_MARKS}b{mark}"
    assert stream_safe(f"a{mark * MOST_MARKS}") == f"a{mark * MOST_MARKS}"


def test_what_takes_long_to_order_takes_no_time() -> None:
    """Two marks in turn: sorted by insertion, 200,000 of them take three minutes."""
    text = "a" + "\u0301\u0316" * 100_000
    began = perf_counter()
    assert ("search_english", "a") in words([("en", text)])
    assert fold(text) == "a"
    assert perf_counter() - began < 5


def test_every_mark_of_unicode_is_known() -> None:
    letters = (chr(code) for code in range(sys.maxunicode + 1))
    marks = "".join(letter for letter in letters if is_mark(letter))
    assert folding.stream_safe(marks) == marks[:MOST_MARKS]


def test_what_is_long_is_not_remembered() -> None:
    for number in range(20):
        long = "x" * (searching.LONGEST_KEPT + number + 1)
        assert words([("en", long)]) == {("search_english", "x" * searching.LONGEST)}
        assert typed.dates(long, ["en"]) == []
    searching._short_variants.cache_clear()  # noqa: SLF001
    typed._meant_again.cache_clear()  # noqa: SLF001
    assert words([("en", "y" * 1_000)])
    assert typed.dates("1" * 1_000, ["en"]) == []
    assert searching._short_variants.cache_info().currsize == 0  # noqa: SLF001
    assert typed._meant_again.cache_info().currsize == 0  # noqa: SLF001
