"""Money that can be counted, money that cannot, and money as it is written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pledges.registry.content import Bound, Money
from services.pledges.registry.money import find, read, sums
from shared.events.pledges import Sum


def test_what_has_an_amount_and_a_currency_is_added_up_by_currency_and_bound() -> None:
    said = [
        Money(amount=Decimal("0.10"), currency="EUR"),
        Money(amount=Decimal("0.20"), currency="EUR"),
        Money(amount=Decimal(500), currency="EUR", bound="up_to"),
        Money(amount=Decimal(33), currency="GMD"),
    ]
    assert sums(said) == [
        Sum(amount=Decimal("0.30"), currency="EUR"),
        Sum(amount=Decimal(500), currency="EUR", bound="up_to"),
        Sum(amount=Decimal(33), currency="GMD"),
    ]


def test_what_was_only_said_counts_where_it_can_be_read() -> None:
    said = [
        Money(said="up to US$500,000"),
        Money(said="200.000", currency="EUR"),
        Money(said="about 3 million", currency="EUR", bound="at_least"),
    ]
    assert sums(said) == [
        Sum(amount=Decimal(3_000_000), currency="EUR", bound="at_least"),
        Sum(amount=Decimal(200_000), currency="EUR"),
        Sum(amount=Decimal(500_000), currency="USD", bound="up_to"),
    ]


def test_what_has_no_currency_or_no_amount_counts_nowhere() -> None:
    said = [Money(amount=Decimal(500)), Money(said="in kind"), Money(said="$5 million"), Money(said="EUR 1-2 million")]
    assert sums(said) == []


@pytest.mark.parametrize(
    ("said", "amount", "currency", "bound"),
    [
        ("EUR 200.000", "200000", "EUR", "exactly"),
        ("200.000 euros", "200000", "EUR", "exactly"),
        ("up to US$500,000", "500000", "USD", "up_to"),
        ("$450,000", "450000", None, "exactly"),
        ("GMD 33 million", "33000000", "GMD", "exactly"),
        ("3.06 million", "3060000", None, "exactly"),
        ("NOK 15 million", "15000000", "NOK", "exactly"),
        ("£4 million", "4000000", "GBP", "exactly"),
        ("€4m", "4000000", "EUR", "exactly"),
        ("up to 500 million", "500000000", None, "up_to"),
        ("over 400 million dollars", "400000000", None, "at_least"),
        ("some 2 million Swiss francs", "2000000", "CHF", "about"),
        ("COP 500 million", "500000000", "COP", "exactly"),
        ("1 234 567,89 €", "1234567.89", "EUR", "exactly"),
        ("CHF 1'250'000", "1250000", "CHF", "exactly"),
        ("1,234.56 USD", "1234.56", "USD", "exactly"),
        ("12,34,567 INR", "1234567", "INR", "exactly"),
        ("0.500 EUR", "0.5", "EUR", "exactly"),
        ("EUR 3 million over 4 years", "3000000", "EUR", "exactly"),
        ("jusqu'à 3 millions d'euros", "3000000", "EUR", "up_to"),
        ("au moins 2,5 milliards de francs CFA", "2500000000", None, "at_least"),
        ("2,5 mil millones de dólares estadounidenses", "2500000000", "USD", "exactly"),
        ("около 5 млн евро", "5000000", "EUR", "about"),
        ("حتى ١٠٠ مليون دولار أمريكي", "100000000", "USD", "up_to"),
        ("500万元", "5000000", None, "exactly"),
        ("3 亿美元", "300000000", "USD", "exactly"),
    ],
)
def test_what_was_said_is_read(said: str, amount: str, currency: str | None, bound: Bound) -> None:
    found = read(said)
    assert (found.amount, found.currency, found.bound, found.unread) == (Decimal(amount), currency, bound, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("in kind", "no_number"),
        ("", "no_number"),
        ("1.500 millones de euros", "two_ways"),
        ("12.34.56 EUR", "two_ways"),
        ("EUR 1-2 million", "range"),
        ("between 2 and 3 million euros", "range"),
        ("EUR 3 million and USD 5 million", "several"),
        ("9" * 31 + " EUR", "no_number"),
    ],
)
def test_what_cannot_be_read_says_why(said: str, why: str) -> None:
    found = read(said)
    assert (found.amount, found.unread) == (None, why)


def test_in_a_text_a_number_is_money_only_beside_a_currency() -> None:
    text = (
        "In 2023, ALL 23 objectives and COP 28 were named; 1.5 million people, 3 guides and 12 m of road. Germany "
        "gives 200,000 euros, up to US$500,000 more, and EUR 1-2 million later."
    )
    assert [found.said for found in find(text)] == ["200,000 euros", "up to US$500,000", "EUR 1-2 million"]


@given(st.text(alphabet=st.sampled_from("0123456789.,' \u00a0-€$£EURUSDmillionto und百万\n"), max_size=300))
def test_nothing_that_is_written_makes_the_reader_stumble(text: str) -> None:
    for found in [*find(text), read(text)]:
        assert (found.amount is None) == (found.unread is not None)
        assert found.said in text or found.said == text


@given(st.integers(1, 10**12), st.sampled_from([",", ".", " ", "\u00a0", "'"]))
def test_thousands_may_be_parted_by_any_mark(amount: int, mark: str) -> None:
    found = read(f"EUR {amount:,}".replace(",", mark))
    assert (found.amount, found.currency) == (Decimal(amount), "EUR")


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["1 111 ", "9", "EUR ", "1,", "up to $1 ", "1-", "million ", " ", "1 and ", "up to the up to the 1 "]
)
def test_hostile_texts_are_read_in_one_go(piece: str) -> None:
    """A pattern that tries again and again would need hours for these."""
    text = (piece * 20_000)[:20_000]
    assert all(found.said in text for found in find(text))
    assert read(text).said in text
