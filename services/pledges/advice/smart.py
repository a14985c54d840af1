"""The five SMART criteria, each with what speaks for it and against it. Pure.

They look at what can be seen in a pledge: its fields, and words of the languages that we read. They judge no merit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.pledges.advice import amounts, figures, periods
from services.pledges.advice.amounts import Claims
from services.pledges.advice.findings import Found, Suggestion, Tongue
from services.pledges.advice.limits import lacks_main
from services.pledges.advice.periods import Times
from services.pledges.advice.reading import Reading
from services.pledges.advice.scope import of_others
from services.pledges.registry.content import Content, Target

Name = Literal["specific", "measurable", "achievable", "relevant", "time_bound"]
Verdict = Literal["met", "partly", "not_met", "not_read"]

FEWEST_WORDS = 20  # of a description that says what, for whom and how


@dataclass(frozen=True)
class Criterion:
    """`suggestion` is None where there is nothing to do."""

    name: Name
    verdict: Verdict
    reasons: tuple[Found, ...]
    suggestion: Suggestion | None = None


@dataclass(frozen=True)
class Read:
    """The pledge and what was read in it; `on` is today in business time."""

    content: Content
    reading: Reading
    times: Times
    claims: Claims
    on: date


def criteria(read: Read) -> list[Criterion]:
    return [_specific(read), _measurable(read), _achievable(read), _relevant(read), _time_bound(read)]


def _judged(name: Name, reasons: list[Found], verdict: Verdict, suggestion: Suggestion | None = None) -> Criterion:
    wanted = None if verdict == "met" else suggestion or Suggestion(f"suggest.{name}")
    return Criterion(name, verdict, tuple(reasons), wanted)


def _specific(read: Read) -> Criterion:
    reading, targets = read.reading, read.content.targets
    reasons = [Found("specific.target", "targets.0.what", {"said": targets[0].what})] if targets else []
    acts, vague = reading.all("acts"), reading.all("vague")
    reasons += [Found("specific.acts", reading.place("description"), {"said": tuple(acts)})] if acts else []
    concrete = bool(reasons)
    reasons += [Found("specific.vague", reading.place("description"), {"said": tuple(vague)})] if vague else []
    if reading.language is None:
        reasons.append(_not_read(reading))
    elif not concrete:
        reasons.append(Found("specific.nothing", reading.place("description")))
    is_short = reading.language is not None and reading.words < FEWEST_WORDS
    reasons += [Found("specific.short", reading.place("description"), {"count": reading.words})] if is_short else []
    if not concrete:
        return _judged("specific", reasons, "not_met" if reading.language else "not_read")
    clear = not is_short and (bool(targets) or len(vague) <= len(acts))
    return _judged("specific", reasons, "met" if clear else "partly")


def _not_read(reading: Reading) -> Found:
    return Found("not_read", reading.place("description"), {"language": Tongue(reading.declared)})


def _measurable(read: Read) -> Criterion:
    targets = list(enumerate(read.content.targets))
    numbered = [(place, target) for place, target in targets if target.value is not None]
    faults = [fault for place, target in targets for fault in _of_target(f"targets.{place}", target)]
    if numbered:
        reasons = [Found("measurable.target", f"targets.{numbered[0][0]}.value", {"count": len(numbered)}), *faults]
        wanting = any(fault.severity == "advised" for fault in faults)
        return _judged("measurable", reasons, "partly" if wanting else "met", Suggestion("suggest.measurable_complete"))
    if targets:
        return _judged("measurable", faults, "partly", Suggestion("suggest.measurable_complete"))
    if number := figures.counted(read.reading.text, read.times):
        reasons = [Found("measurable.number_in_text", "targets", {"said": number})]
        return _judged("measurable", reasons, "partly", Suggestion("suggest.measurable_target"))
    return _judged("measurable", [Found("measurable.nothing", "targets")], "not_met")


def _of_target(field: str, target: Target) -> Iterator[Found]:
    said = {"said": target.what}
    if target.value is None:
        words = target.value_text or target.what
        yield Found("measurable.in_words", f"{field}.value", {"said": words})
        return
    if not target.unit:
        yield Found("measurable.no_unit", f"{field}.unit", said)
    elif any(mark in f" {target.unit.casefold()} " for mark in (" and ", " or ", " et ", " ou ", " y ", " o ", "/")):
        yield Found("measurable.mixed_unit", f"{field}.unit", {"said": target.unit})
    if target.baseline is None and target.value > 1 and amounts.unit(target) is None:
        yield Found("measurable.no_baseline", f"{field}.baseline", said)


def _achievable(read: Read) -> Criterion:
    content = read.content
    means, absolute = list(_means(content, read.claims)), read.reading.all("absolute")
    without_amount = "financial" in content.forms and not any(found.code == "achievable.money" for found in means)
    against = [Found("achievable.no_amount", "money")] if without_amount else []
    against += (
        [Found("achievable.absolute", read.reading.place("description"), {"said": tuple(absolute)})] if absolute else []
    )
    advice = Suggestion("suggest.achievable_amount") if without_amount else None
    if means:
        return _judged("achievable", [*means, *against], "partly" if against else "met", advice)
    if content.forms:
        return _judged("achievable", [Found("achievable.forms", "forms"), *against], "partly", advice)
    return _judged("achievable", [Found("achievable.nothing", "forms"), *against], "not_met")


def _means(content: Content, claims: Claims) -> Iterator[Found]:
    """Money, partners, people: with what it will be done."""
    if known := [claim for claim in (*claims.listed, *claims.said) if claim.read.amount is not None]:
        yield Found("achievable.money", known[0].field, {"said": known[0].read.said})
    if partners := len(content.partners) + len(content.partner_entities):
        yield Found("achievable.partners", "partners", {"count": partners})
    if "human_resources" in content.forms:
        yield Found("achievable.people", "forms")


def _relevant(read: Read) -> Criterion:
    content = read.content
    if not content.objectives:
        return _judged("relevant", [Found("relevant.no_objectives", "objectives")], "not_met")
    reasons = [Found("relevant.objectives", "objectives", {"count": len(content.objectives)})]
    if content.commitments or content.sdg_targets or content.frameworks or content.national_plan:
        reasons.append(Found("relevant.frameworks", "commitments"))
    against = list(of_others(read.reading))
    if lacks_main(content):
        against.append(Found("limits.no_main", "main_objectives", {"count": len(content.objectives)}))
    advice = Suggestion("suggest.relevant_main") if lacks_main(content) else None
    return _judged("relevant", [*reasons, *against], "partly" if against else "met", advice)


def _time_bound(read: Read) -> Criterion:
    content, open_ended = read.content, [(place, one) for place, one in enumerate(read.content.targets) if not one.by]
    if end := content.period.end:
        return _judged("time_bound", [Found("time_bound.end", "period.end", {"date": end})], "met")
    if content.targets and not open_ended:
        return _judged("time_bound", [Found("time_bound.targets", "targets")], "met")
    reasons = list(periods.only_in_text(content, read.reading, read.times, read.on))
    fill_in = next((found for found in reasons if "date" in found.values), None)
    if content.targets and len(open_ended) < len(content.targets):
        place, target = open_ended[0]
        reasons.append(Found("time_bound.some_targets", f"targets.{place}.by", {"said": target.what}))
    if reasons:
        advice = Suggestion("suggest.time_bound_fill", {"date": fill_in.values["date"]}) if fill_in else None
        return _judged("time_bound", reasons, "partly", advice)
    if read.reading.language is None:
        return _judged("time_bound", [_not_read(read.reading)], "not_read")
    return _judged("time_bound", [Found("time_bound.nothing", "period.end")], "not_met")
