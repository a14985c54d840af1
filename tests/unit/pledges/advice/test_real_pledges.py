"""The advice for the 38 real pledges, as it is committed: a changed rule shows what it changes.

Meant so: `.venv/bin/python -m tests.support.advice`, then look at the difference.
"""

import pytest

from tests.support.advice import EXPECTED, RECORDS, told


@pytest.mark.parametrize("ref", RECORDS)
def test_the_advice_for_a_real_pledge_is_as_expected(ref: str) -> None:
    assert told(ref) == (EXPECTED / f"{ref}.txt").read_text("utf-8")


def test_every_expectation_is_of_a_record() -> None:
    assert len(RECORDS) == 38
    assert {file.stem for file in EXPECTED.iterdir()} == set(RECORDS)
