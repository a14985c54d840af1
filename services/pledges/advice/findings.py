"""What the rules find: a stable code, the place in the pledge, and what was seen there. The words are in messages/."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from decimal import Decimal
from typing import Literal

from shared.reference.dates import PartialDate

# needed: no submission without it; advised: probably to be mended; note: to be looked at; good: as it should be
Severity = Literal["needed", "advised", "note", "good"]

_GOOD = (
    "specific.target",
    "specific.acts",
    "measurable.target",
    "achievable.money",
    "achievable.partners",
    "achievable.people",
    "achievable.forms",
    "relevant.objectives",
    "relevant.frameworks",
    "time_bound.end",
    "time_bound.targets",
)
_ADVISED = (
    "specific.short",
    "specific.nothing",
    "measurable.no_unit",
    "measurable.mixed_unit",
    "measurable.in_words",
    "measurable.number_in_text",
    "measurable.nothing",
    "achievable.no_amount",
    "achievable.nothing",
    "relevant.no_objectives",
    "time_bound.some_targets",
    "time_bound.in_text",
    "time_bound.in_title",
    "time_bound.span",
    "time_bound.nothing",
    "limits.description_short",
    "limits.description_long",
    "limits.main_objectives",
    "limits.no_main",
    "scope.refugees_only",
    "scope.displaced_only",
    "scope.past_only",
    "scope.period_over",
    "money.said_differs",
    "money.two_ways",
    "money.no_currency",
    "money.several_amounts",
    "money.not_in_list",
    "money.beyond",
    "money.small",
    "money.large",
    "dates.no_year",
    "dates.two_ways",
    "text.other_language",
)
_NOTES = (
    "not_read",
    "specific.vague",
    "measurable.no_baseline",
    "achievable.absolute",
    "time_bound.recurs",
    "limits.all_principles",
    "money.range",
    "money.several",
    "money.no_number",
    "money.two_currencies",
    "text.not_read",
)
_NEEDED = tuple(
    f"lacking.{what}"
    for what in ("description", "objectives", "forms", "period_end", "matches", "kind", "partners", "other")
)
_BY_SEVERITY: Mapping[Severity, tuple[str, ...]] = {
    "needed": _NEEDED,
    "advised": _ADVISED,
    "note": _NOTES,
    "good": _GOOD,
}
CODES: Mapping[str, Severity] = {code: severity for severity, codes in _BY_SEVERITY.items() for code in codes}
SUGGESTIONS = (
    "suggest.specific",
    "suggest.measurable",
    "suggest.measurable_target",
    "suggest.measurable_complete",
    "suggest.achievable",
    "suggest.achievable_amount",
    "suggest.relevant",
    "suggest.relevant_main",
    "suggest.time_bound",
    "suggest.time_bound_fill",
)


# of pledges that may be the same (duplicates/words.py)
DUPLICATES = tuple(
    f"duplicates.{why}"
    for why in (
        *("same_external_id", "same_title", "similar_title", "same_text", "similar_text", "in_language"),
        *("other_language", "same_numbers", "same_entity", "partner_entity", "shared_objectives"),
        *("same_period", "other_period", "merged_here"),
    )
)


@dataclass(frozen=True)
class Tongue:
    """A language, to be named in the asker's one."""

    code: str


@dataclass(frozen=True)
class Price:
    """An amount, to be written in the asker's way. Without a currency: the number."""

    amount: Decimal
    currency: str | None


# a text, or several, is what people wrote, and is shown in quotation marks
Value = str | tuple[str, ...] | int | PartialDate | Tongue | Price


@dataclass(frozen=True)
class Found:
    """`field` is a place in the content ("targets.0.by"); `values` fill the placeholders of the message."""

    code: str
    field: str
    values: Mapping[str, Value] = made_by(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return CODES[self.code]


@dataclass(frozen=True)
class Suggestion:
    """What to do about a criterion that is not met."""

    code: str
    values: Mapping[str, Value] = made_by(default_factory=dict)
