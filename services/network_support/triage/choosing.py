"""Who gets a case by rule, and why. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.network_support.triage.policy import Only, Policy, Rule, Trait

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    """What rules look at in a case."""

    kind: str
    type: str | None = None
    region: str | None = None
    language: str | None = None
    objectives: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """An officer, with how many open cases they have and when a rule gave them the last one (business time)."""

    person_id: str
    regions: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    objectives: frozenset[str] = frozenset()
    load: int = 0
    given_at: datetime | None = None


@dataclass(frozen=True)
class Choice:
    """`agrees`: by trait, the values that the officer and the case share; `of`: how many officers the rule found."""

    officer: str
    rule: str
    agrees: dict[str, list[str]]
    load: int
    of: int


def choose(policy: Policy, facts: Facts, there: Iterable[Candidate]) -> Choice | None:
    """The same answer for the same officers, in whatever order. None: no rule finds anybody."""
    free = [one for one in there if one.load < policy.most_open]
    for rule in policy.rules:
        if _is_for(rule.only, facts) and (fitting := [one for one in free if _fits(rule, facts, one)]):
            chosen = min(fitting, key=_turn)
            return Choice(chosen.person_id, rule.name, _agreed(rule, facts, chosen), chosen.load, len(fitting))
    return None


def _turn(one: Candidate) -> tuple[int, datetime, str]:
    return one.load, one.given_at or _LONG_AGO, one.person_id


def _is_for(only: Only, facts: Facts) -> bool:
    own: Sequence[tuple[Sequence[str], set[str | None]]] = (
        (only.kinds, {facts.kind}),
        (only.types, {facts.type}),
        (only.regions, {facts.region}),
        (only.languages, {facts.language}),
        (only.objectives, set(facts.objectives)),
    )
    return all(not wanted or not here.isdisjoint(wanted) for wanted, here in own)


def _fits(rule: Rule, facts: Facts, one: Candidate) -> bool:
    return all(_shared(trait, facts, one) for trait in rule.match)


def _agreed(rule: Rule, facts: Facts, one: Candidate) -> dict[str, list[str]]:
    return {trait: sorted(_shared(trait, facts, one)) for trait in rule.match}


def _shared(trait: Trait, facts: Facts, one: Candidate) -> frozenset[str]:
    match trait:
        case "region":
            return one.regions & {facts.region or ""}
        case "language":
            return one.languages & {facts.language or ""}
        case "objective":
            return one.objectives & facts.objectives
