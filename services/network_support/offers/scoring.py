"""How well an offer fits a request, with the reason for each criterion. Pure: it proposes nothing by itself."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from rapidfuzz import fuzz, utils

from services.network_support.offers.lifecycle import Kind
from services.network_support.offers.weights import Weights
from services.network_support.requests.lifecycle import Type
from shared.reference import catalogue

Criterion = Literal["objectives", "type", "region", "theme", "language", "pledge", "validity", "capacity", "conflict"]
Code = Literal[
    "objectives_shared",
    "objectives_all",
    "objectives_other",
    "objectives_unnamed",
    "type_named",
    "type_all",
    "type_other",
    "region_shared",
    "region_all",
    "region_other",
    "theme_shared",
    "theme_all",
    "theme_other",
    "language_shared",
    "language_other",
    "pledge_alike",
    "pledge_none",
    "validity_open",
    "validity_until",
    "capacity_left",
    "capacity_open",
    "conflict_none",
    "conflict_declared",
    "conflict_with_requester",
]


@dataclass(frozen=True)
class Pledge:
    pledge_id: UUID
    entity_id: str
    title: str
    objectives: frozenset[str]


@dataclass(frozen=True)
class Need:
    """What is known of a request: `objectives` are the main ones of its pledge, if it has any."""

    entity_id: str
    type: Type
    language: str
    objectives: tuple[str, ...]
    places: frozenset[str]  # the State, and regions and groups that it belongs to
    pledge: Pledge | None


@dataclass(frozen=True)
class Candidate:
    """An offer that can be matched."""

    offer_id: UUID
    kind: Kind
    entity_id: str | None
    objectives: tuple[str, ...]
    types: tuple[Type, ...]
    languages: tuple[str, ...]
    places: tuple[str, ...]
    valid_until: date | None
    capacity: int | None
    used: int
    conflicts: str
    conflicts_with: tuple[str, ...]
    pledges: tuple[Pledge, ...] = ()  # the one that it is, or those that its entity has made


@dataclass(frozen=True)
class Reason:
    """`values`: codes or numbers of what agrees, in the language of none; `points` may be below 0."""

    criterion: Criterion
    code: Code
    points: float
    of: int
    values: tuple[str, ...] = ()
    pledge_id: UUID | None = None


@dataclass(frozen=True)
class Suggestion:
    candidate: Candidate
    points: float
    of: int
    reasons: tuple[Reason, ...]

    @property
    def conflict(self) -> bool:
        """Whether one with the entity that asks is declared."""
        return any(reason.code == "conflict_with_requester" for reason in self.reasons)


def ranked(need: Need, candidates: Iterable[Candidate], policy: Weights, today: date) -> list[Suggestion]:
    """The best first; of equal ones the older. What an entity offers is not suggested to itself."""
    found = [scored(need, one, policy, today) for one in candidates if one.entity_id != need.entity_id]
    good = [one for one in found if one.points >= policy.least]
    return sorted(good, key=lambda one: (-one.points, one.candidate.offer_id))[: policy.most]


def scored(need: Need, offer: Candidate, policy: Weights, today: date) -> Suggestion:
    reasons = tuple(_reasons(need, offer, policy, today))
    return Suggestion(offer, round(sum(one.points for one in reasons), 1), policy.points.most, reasons)


def with_requester(offer: Candidate, entity_id: str) -> bool:
    return entity_id in offer.conflicts_with


def _reasons(need: Need, offer: Candidate, policy: Weights, today: date) -> Iterator[Reason]:
    yield _objectives(need, offer, policy)
    yield _type(need, offer, policy)
    yield _region(need, offer, policy)
    yield _theme(need, offer, policy)
    yield _language(need, offer, policy)
    yield _pledge(need, offer, policy)
    yield _validity(offer, policy, today)
    yield _capacity(offer, policy)
    yield _conflict(need, offer, policy)


def _reason(
    policy: Weights,
    criterion: Criterion,
    code: Code,
    share: float,
    values: Iterable[str] = (),
    pledge_id: UUID | None = None,
) -> Reason:
    of: int = getattr(policy.points, criterion)
    return Reason(criterion, code, round(of * share, 1), of, tuple(values), pledge_id)


def _objectives(need: Need, offer: Candidate, policy: Weights) -> Reason:
    if not need.objectives:
        return _reason(policy, "objectives", "objectives_unnamed", 0)
    if not offer.objectives:
        return _reason(policy, "objectives", "objectives_all", policy.for_all)
    shared = [code for code in need.objectives if code in offer.objectives]
    code: Code = "objectives_shared" if shared else "objectives_other"
    return _reason(policy, "objectives", code, len(shared) / len(need.objectives), shared)


def _type(need: Need, offer: Candidate, policy: Weights) -> Reason:
    if not offer.types:
        return _reason(policy, "type", "type_all", policy.for_all, [need.type])
    if need.type in offer.types:
        return _reason(policy, "type", "type_named", 1, [need.type])
    return _reason(policy, "type", "type_other", 0, offer.types)


def _region(need: Need, offer: Candidate, policy: Weights) -> Reason:
    if not offer.places:
        return _reason(policy, "region", "region_all", policy.for_all)
    if shared := [code for code in offer.places if code in need.places]:
        return _reason(policy, "region", "region_shared", 1, shared)
    return _reason(policy, "region", "region_other", 0, offer.places)


def _theme(need: Need, offer: Candidate, policy: Weights) -> Reason:
    wanted, given = _round_tables(need.objectives), _round_tables(offer.objectives)
    if not given:
        return _reason(policy, "theme", "theme_all", policy.for_all if wanted else 0)
    if shared := sorted(wanted & given):
        return _reason(policy, "theme", "theme_shared", len(shared) / len(wanted), map(str, shared))
    return _reason(policy, "theme", "theme_other", 0, map(str, sorted(given)))


def _round_tables(objectives: Collection[str]) -> set[int]:
    return {catalogue.OBJECTIVES[code].round_table for code in objectives if code in catalogue.OBJECTIVES}


def _language(need: Need, offer: Candidate, policy: Weights) -> Reason:
    """By what stands before the first hyphen: whoever speaks "pt" can help with a text in "pt-BR"."""
    wanted = need.language.partition("-")[0]
    if any(code.partition("-")[0] == wanted for code in offer.languages):
        return _reason(policy, "language", "language_shared", 1, [need.language])
    return _reason(policy, "language", "language_other", 0, offer.languages)


def _pledge(need: Need, offer: Candidate, policy: Weights) -> Reason:
    own = need.pledge
    others = [(_alike(own, one), one) for one in offer.pledges if one.pledge_id != own.pledge_id] if own else []
    likeness, best = max(others, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or likeness < policy.alike:
        return _reason(policy, "pledge", "pledge_none", 0)
    return _reason(policy, "pledge", "pledge_alike", likeness, [best.title, _percent(likeness)], best.pledge_id)


def _percent(share: float) -> str:
    return str(round(share * 100))


def _alike(one: Pledge, other: Pledge) -> float:
    titles = fuzz.token_set_ratio(one.title, other.title, processor=utils.default_process) / 100
    named = one.objectives | other.objectives
    return (titles + (len(one.objectives & other.objectives) / len(named) if named else 0)) / 2


def _validity(offer: Candidate, policy: Weights, today: date) -> Reason:
    if offer.valid_until is None:
        return _reason(policy, "validity", "validity_open", 1)
    days = (offer.valid_until - today).days
    values = [offer.valid_until.isoformat(), str(days)]
    return _reason(policy, "validity", "validity_until", max(0, min(1, days / policy.valid_days)), values)


def _capacity(offer: Candidate, policy: Weights) -> Reason:
    if offer.capacity is None:
        return _reason(policy, "capacity", "capacity_open", 1)
    left = offer.capacity - offer.used
    return _reason(policy, "capacity", "capacity_left", max(0, left / offer.capacity), [str(left), str(offer.capacity)])


def _conflict(need: Need, offer: Candidate, policy: Weights) -> Reason:
    """Any that is declared is shown; one with the entity that asks takes points away, and staff decide."""
    if with_requester(offer, need.entity_id):
        return _reason(policy, "conflict", "conflict_with_requester", -1, [offer.conflicts])
    if offer.conflicts or offer.conflicts_with:
        return _reason(policy, "conflict", "conflict_declared", 0, [offer.conflicts])
    return _reason(policy, "conflict", "conflict_none", 0)
