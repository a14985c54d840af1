"""Money that contradicts itself, cannot be read, or has a size that nobody means."""

from typing import Any

import pytest

from tests.unit.pledges.advice.pledges import codes, judged


def found(description: str = "", /, **more: Any) -> set[str]:
    return {code for code in codes(judged(description, **more)) if code.startswith("money.")}


def euros(value: int) -> dict[str, Any]:
    return {"what": "size of the fund", "value": value, "unit": "EUR"}


@pytest.mark.parametrize(
    ("said", "amount", "currency", "code"),
    [
        ("EUR 200.000", 200_000, "EUR", None),
        ("EUR 200.000", 200, "EUR", "money.said_differs"),
        ("EUR 200.000", 200_000, "USD", "money.said_differs"),
        ("200.000", 200_000, "EUR", None),
        ("200 thousand euros, in kind too", 200_000, None, None),
    ],
)
def test_what_was_said_is_held_against_the_number(
    said: str, amount: int, currency: str | None, code: str | None
) -> None:
    entry = {"said": said, "amount": amount, "currency": currency}
    assert found(money=[entry]) - {"money.small"} == ({code} if code else set())


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("1.500 millones de euros", {"money.two_ways"}),
        ("EUR 1-2 million", {"money.range"}),
        ("EUR 1 million and USD 2 million", {"money.several"}),
        ("in kind", {"money.no_number"}),
        ("up to 500 million", {"money.no_currency"}),
        ("EUR 200", {"money.small"}),
        ("3.06 euros", {"money.small"}),
        ("JPY 50,000", {"money.small"}),
        ("JPY 500,000", set()),
        ("EUR 6 billion", {"money.large"}),
        ("IDR 6 billion", set()),
    ],
)
def test_an_entry_says_why_it_does_not_count(said: str, codes: set[str]) -> None:
    assert found(money=[{"said": said}]) == codes


def test_different_amounts_of_one_grant_are_named_together() -> None:
    """As three sources say it of one real grant."""
    text = "The city receives up to US$500,000, that is $450,000 or GMD 33 million, from a fund for migrants."
    assert found(text) == {"money.several_amounts", "money.no_currency"}


def test_amounts_in_two_currencies_leave_open_which_is_pledged() -> None:
    assert found("Norway gives NOK 15 million, some EUR 1.3 million, to migrants.") == {"money.two_currencies"}


def test_one_amount_said_twice_is_one() -> None:
    assert found("We will give 50 million US dollars.", title="50 million dollars for migrants") == set()


def test_an_amount_of_the_text_is_held_against_the_list() -> None:
    assert found("Germany gives 200,000 euros.", targets=[euros(200_000)]) == set()
    assert found("Germany gives 300,000 euros.", targets=[euros(200_000)]) == {"money.not_in_list"}
    assert found("Germany gives 300,000 euros.", money=[{"amount": 300_000, "currency": "EUR"}]) == set()


def test_stages_of_a_target_explain_their_amounts() -> None:
    stages = [euros(50_000_000), euros(25_000_000)]
    assert found("The fund shall grow to EUR 50 million, beginning with EUR 25 million.", targets=stages) == set()


def test_many_times_the_target_is_no_slip_of_the_tongue() -> None:
    """As one speech said it of a fund."""
    fund = {"what": "size of the fund", "value": 70, "unit": "million dollars"}
    text = "They announced over 400 million dollars more for the fund."
    assert found(text, targets=[fund]) == {"money.beyond", "money.no_currency"}


def test_what_is_no_money_is_left_alone() -> None:
    target = {"what": "cost of sending money", "value": 3, "unit": "%"}
    text = "In 2030, 1.5 million people pay 3 % for a transfer; COP 28 and ALL 23 objectives say so."
    assert found(text, targets=[target]) == set()
