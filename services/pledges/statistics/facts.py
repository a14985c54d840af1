"""What a public pledge is counted under. Pure.

A dimension is something that pledges are told apart by; a fact is a code in one of them, written "form:financial".
Every counted pledge has at least one fact in every dimension, "none" where it says nothing: so each dimension alone
accounts for all pledges.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations_with_replacement
from typing import Literal

from services.pledges.registry.content import LONGEST_LANGUAGE
from shared.events.pledges import PledgeSnapshot
from shared.reference import catalogue

NONE = "none"

# In the order in which two of them make a pair: `entity` first, for one entity's profile is read by it.
DIMENSIONS = (
    *("entity", "objective", "round_table", "principle", "commitment", "form", "level", "framework", "sdg_target"),
    *("kind", "state", "status", "cycle", "language", "year", "review"),
)
SEVERAL = frozenset(
    {"objective", "round_table", "principle", "commitment", "form", "level", "framework", "sdg_target", "language"}
)
# of the entity that made the pledge: counted by entity, and put together when they are read
OF_ENTITY = ("entity_kind", "region", "group")
SHAPE = 2  # raise it when a pledge gets other facts than before: what was counted so far is then counted anew

Dimension = Literal[
    "entity", "objective", "round_table", "principle", "commitment", "form", "level", "framework", "sdg_target",
    "kind", "state", "status", "cycle", "language", "year", "review", "entity_kind", "region", "group",
]  # fmt: skip

Pair = tuple[str, str]


def left_out(pledge: PledgeSnapshot) -> str | None:
    """Why a public pledge is not counted: it was withdrawn, or it is the same pledge as another."""
    if pledge.merged:
        return "merged"
    return "withdrawn" if pledge.closed_reason == "withdrawn" else None


@dataclass(frozen=True)
class Counted:
    """`facts` in the order of DIMENSIONS, all but `review`: that follows from `cycle` and when it opened, and `heard`.

    Both are None for a pledge that is made in the context of no cycle, or is not counted.
    """

    facts: list[str]
    cycle: str | None = None
    heard: datetime | None = None


def counted(pledge: PledgeSnapshot | None) -> Counted:
    """What a public pledge counts under; of none, nothing."""
    if pledge is None:
        return Counted([])
    of_entity = f"entity:{pledge.entity.entity_id}"
    if reason := left_out(pledge):
        return Counted([of_entity, f"left_out:{reason}"])
    named = [f"partner:{name}" for name in dict.fromkeys(pledge.partners)]
    named += [f"together:{code}" for code in dict.fromkeys(pledge.partner_entities)]
    found = [of_entity, *_facts(_codes(pledge)), *([] if pledge.review_cycle else [f"review:{NONE}"]), *named]
    return Counted(found, pledge.review_cycle, pledge.progress.last_reported_at)


def _codes(pledge: PledgeSnapshot) -> Mapping[str, Iterable[str | None]]:
    return {
        "objective": pledge.objectives,
        "round_table": sorted({str(catalogue.objective(code).round_table) for code in pledge.objectives}),
        "principle": pledge.principles,
        "commitment": pledge.commitments,
        "form": pledge.forms,
        "level": pledge.levels,
        "framework": pledge.frameworks,
        "sdg_target": pledge.sdg_targets,
        "kind": [pledge.kind],
        "state": [pledge.closed_reason or pledge.state],
        "status": [pledge.progress.status],
        "cycle": [pledge.review_cycle],
        "language": sorted({tag[:LONGEST_LANGUAGE] for tag in (pledge.language, *_translated(pledge))}),
        "year": [str(pledge.first_published_at.year)],
    }


def _translated(pledge: PledgeSnapshot) -> Iterator[str]:
    return (text.language for text in pledge.translations)


def _facts(codes: Mapping[str, Iterable[str | None]]) -> Iterator[str]:
    for dimension, values in codes.items():
        for code in [value for value in values if value] or [NONE]:
            yield f"{dimension}:{code}"


def pairs(found: list[str]) -> list[Pair]:
    """All that one pledge adds 1 to: each fact with itself, and each two of different dimensions.

    Whom it was made with is told of its entity only; names are many, and nobody asks for them by objective.
    """
    named = [fact for fact in found if fact.startswith(("partner:", "together:"))]
    told = [fact for fact in found if fact not in named] if named else found
    return [
        *combinations_with_replacement(told, 2),  # includes two objectives of one pledge: `parted` leaves them out
        *((told[0], fact) for fact in named),
        *((fact, fact) for fact in named if fact.startswith("together:")),
    ]


def parted(pair: Pair) -> tuple[str, str, str, str] | None:
    """Dimensions and codes of a pair; None for two codes of one dimension."""
    first, _, code = pair[0].partition(":")
    second, _, other = pair[1].partition(":")
    return None if first == second and code != other else (first, second, code, other)
