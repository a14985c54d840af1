"""Sets of documents, said by codes, and as SQL: the bits of a chunk, or a condition on one document. Pure.

Values are always parameters; of the statement's text they change nothing but its shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.pledges.search.codes import BASE, LAST, PLACES, digit_code, digit_of
from services.pledges.search.models import SIZE

NO_BITS = f"0::bit({SIZE})"


@dataclass(frozen=True)
class Has:
    """Documents with at least one of the codes."""

    codes: Sequence[str]


@dataclass(frozen=True)
class All:
    parts: Sequence["Set"]


@dataclass(frozen=True)
class Some:
    parts: Sequence["Set"]


@dataclass(frozen=True)
class Without:
    part: "Set"


Set = Has | All | Some | Without


NEVER, ALWAYS = Has([]), Without(Has([]))


def before(name: str, day: int) -> Set:
    """Documents whose day of that name is earlier."""
    return Without(_at_least(name, day) if day <= LAST else NEVER)


def _at_least(name: str, day: int) -> Set:
    """Digit by digit, from the lowest up: what is greater in this one, or as great and great enough in those below."""
    found: Set = ALWAYS
    for place in range(PLACES):
        digit = digit_of(day, place)
        as_great = Has([digit_code(name, place, digit)]) if digit else ALWAYS
        if found == ALWAYS:
            found = as_great
        else:
            below = found if as_great == ALWAYS else All([as_great, found])
            found = below if digit == BASE - 1 else Some([Has([digit_code(name, place, digit + 1)]), below])
    return found


@dataclass(frozen=True)
class Condition:
    """A set as SQL. `bits` is for the chunk `{chunk}`, `matches` a condition on a row `d` of search_document."""

    bits: str
    matches: str
    values: dict[str, str | list[str]]


def condition(wanted: Set, name: str = "c") -> Condition:
    """`name` begins those of the parameters."""
    values: dict[str, str | list[str]] = {}

    def both(part: Set) -> tuple[str, str]:
        match part:
            case Has([single]):
                values[key := f"{name}{len(values)}"] = single
                return _ONE.format(key=key, chunk="{chunk}"), f"cast(:{key} as text) = any(d.codes)"
            case Has(codes):
                values[key := f"{name}{len(values)}"] = list(codes)
                return _BITS.format(key=key, chunk="{chunk}"), f"d.codes && cast(:{key} as text[])"
            case Without(inner):
                bits, matches = both(inner)
                return f"~({bits})", f"not ({matches})"
            case All(parts) | Some(parts):
                signs = (" & ", " and ") if isinstance(part, All) else (" | ", " or ")
                found = [both(one) for one in parts]
                return tuple(
                    f"({sign.join(column)})" for sign, column in zip(signs, zip(*found, strict=True), strict=True)
                )  # type: ignore[return-value]

    bits, matches = both(wanted)
    return Condition(bits, matches, values)


# without the aggregate, which takes as long as the rest
_ONE = f"""coalesce((
    select bits from search_bits where code = cast(:{{key}} as text) and chunk = {{chunk}}
), {NO_BITS})"""  # noqa: S608 - our own names
_BITS = f"""coalesce((
    select bit_or(bits) from search_bits where code = any(cast(:{{key}} as text[])) and chunk = {{chunk}}
), {NO_BITS})"""  # noqa: S608 - our own names
