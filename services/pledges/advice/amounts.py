"""Money in a pledge that contradicts itself, cannot be read, or is of a size that nobody means. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.pledges.advice.findings import Found, Price, Value
from services.pledges.registry import money
from services.pledges.registry.content import Content, Money, Target
from services.pledges.registry.money import Reading

BEYOND = 5  # times the largest amount that is listed
SMALLEST, LARGEST = 1_000, 5_000_000_000  # dollars of the United States, roughly
# how many units make a dollar, to the power of ten: enough to see a missing million, and for nothing else
_ROUGHLY = {
    10: "CZK DKK HKD MAD MXN MZN NOK SEK SLE THB TRY TWD UAH UYU VES ZAR ZMW BWP NAD EGP MDL",
    100: "AFN ALL AMD ARS BDT DOP DZD ETB GMD HTG HUF INR ISK JMD JPY KES KZT LKR MKD NPR PHP PKR RSD RUB YER CRC",
    1_000: "CLP COP IQD KRW MWK NGN RWF TZS UGX XAF XOF CDF BIF MGA MMK MNT",
    10_000: "GNF IDR IRR KHR LAK LBP PYG STN SYP UZS VND",
}
_PER_DOLLAR = {code: units for units, codes in _ROUGHLY.items() for code in codes.split()}


@dataclass(frozen=True)
class Claim:
    """One amount, and where it stands."""

    field: str
    read: Reading

    @property
    def price(self) -> Price | None:
        return None if self.read.amount is None else Price(self.read.amount, self.read.currency)


@dataclass(frozen=True)
class Claims:
    """What the texts say, and what is listed: the entries of `money`, and targets whose unit is money."""

    said: Sequence[Claim]
    listed: Sequence[Claim]


def claims(content: Content) -> Claims:
    texts = (("title", content.title), ("description", content.description))
    said = [Claim(field, found) for field, text in texts for found in money.find(text)]
    listed = [Claim(f"money.{place}", money.counted(entry)) for place, entry in enumerate(content.money)]
    targets = [(f"targets.{place}.value", _target(target)) for place, target in enumerate(content.targets)]
    return Claims(said, listed + [Claim(field, found) for field, found in targets if found])


def amounts(content: Content, claims: Claims) -> Iterator[Found]:
    """Each rule has its own code; the same pledge always gets the same findings, in the same order."""
    for place, entry in enumerate(content.money):
        yield from _differs(f"money.{place}", entry)
    for claim in _distinct([*claims.listed, *claims.said]):
        yield from _unread(claim)
        yield from _size(claim)
    yield from _beside_the_list(claims.said, claims.listed) if claims.listed else _several(claims.said)


def _target(target: Target) -> Reading | None:
    """A target in euros, or in millions of them; None for any other unit."""
    one = unit(target)
    if target.value is None or one is None or one.amount is None:
        return None
    return Reading(f"{target.value:f} {target.unit}", target.value * one.amount, one.currency)


def unit(target: Target) -> Reading | None:
    """One unit of a target that counts money; None for any other."""
    found = money.find(f"1 {target.unit}") if target.unit else []
    return found[0] if found and found[0].said.startswith("1 ") else None


def _differs(field: str, entry: Money) -> Iterator[Found]:
    """What was said against the number beside it."""
    read = money.read(entry.said or "")
    if entry.amount is None or read.amount is None:
        return
    other = read.currency and entry.currency and read.currency != entry.currency
    if read.amount != entry.amount or other:
        yield Found("money.said_differs", field, {"said": read.said, "amount": Price(entry.amount, entry.currency)})


def _unread(claim: Claim) -> Iterator[Found]:
    said = {"said": claim.read.said}
    if claim.read.unread:
        yield Found(f"money.{claim.read.unread}", claim.field, said)
    elif claim.read.currency is None:
        yield Found("money.no_currency", claim.field, said)


def _size(claim: Claim) -> Iterator[Found]:
    """Small is odd only for what is pledged: a text may speak of a cash grant, a target of the cost of a transfer."""
    if claim.price is None:
        return
    dollars = claim.price.amount / _PER_DOLLAR.get(claim.price.currency or "", 1)
    if dollars > LARGEST:
        yield Found("money.large", claim.field, {"amount": claim.price})
    elif 0 <= dollars < SMALLEST and claim.field.startswith("money."):
        yield Found("money.small", claim.field, {"amount": claim.price})


def _beside_the_list(said: Sequence[Claim], listed: Sequence[Claim]) -> Iterator[Found]:
    """Amounts of the text that no entry and no target has."""
    for claim in _distinct(said):
        known = [one.read.amount for one in listed if one.read.amount is not None and _comparable(one, claim)]
        if claim.read.amount is None or not known or claim.read.amount in known:
            continue
        values: dict[str, Value] = {"said": claim.read.said, "amount": Price(max(known), claim.read.currency)}
        beyond = claim.read.amount >= BEYOND * max(known) > 0
        yield Found("money.beyond" if beyond else "money.not_in_list", claim.field, values)


def _several(said: Sequence[Claim]) -> Iterator[Found]:
    """Different amounts, and nothing says which of them is pledged."""
    different = [claim for claim in _distinct(said) if claim.read.amount is not None]
    if len(different) < 2:
        return
    alike = any(_comparable(one, other) for place, one in enumerate(different) for other in different[:place])
    code = "money.several_amounts" if alike else "money.two_currencies"
    yield Found(code, different[0].field, {"said": tuple(claim.read.said for claim in different)})


def _comparable(one: Claim, other: Claim) -> bool:
    """Of one currency, or one of them does not say of which."""
    return one.read.currency == other.read.currency or not (one.read.currency and other.read.currency)


def _distinct(found: Sequence[Claim]) -> list[Claim]:
    """Each amount once; of two that are the same, the first that says its currency."""
    kept: dict[tuple[str, str], Claim] = {}
    for claim in sorted(found, key=lambda one: one.read.currency is None):
        same = str(claim.read.amount.normalize()) if claim.read.amount is not None else claim.read.said
        known = [key for key in kept if key[0] == same and claim.read.currency in {key[1], None}]
        if not known:
            kept[same, claim.read.currency or ""] = claim
    order = {id(claim): place for place, claim in enumerate(found)}
    return sorted(kept.values(), key=lambda one: order[id(one)])
