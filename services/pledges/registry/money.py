"""Money as it was said, and as it counts. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from services.pledges.registry.content import Bound, Money
from shared.events.pledges import Sum


def sums(entries: Iterable[Money]) -> list[Sum]:
    """What can be counted, by currency and bound; entries without amount or currency count nowhere."""
    found: dict[tuple[str, Bound], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.amount is not None and entry.currency:
            found[entry.currency, entry.bound] += entry.amount
    return [Sum(amount=amount, currency=currency, bound=bound) for (currency, bound), amount in sorted(found.items())]
