"""Money that can be counted, and money that cannot."""

from decimal import Decimal

from services.pledges.registry.content import Money
from services.pledges.registry.money import sums
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


def test_what_has_no_currency_or_no_amount_counts_nowhere() -> None:
    assert sums([Money(amount=Decimal(500)), Money(said="in kind"), Money(said="200", currency="USD")]) == []
