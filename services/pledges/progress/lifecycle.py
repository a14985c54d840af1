"""What reports add up to: which of them hold, what the pledge's progress is, what a new one is made of. No I/O."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from services.pledges.progress.comparison import compare
from services.pledges.progress.schemas import Level, Measured, Reached, Report, Update
from services.pledges.registry import money
from shared.errors import FieldProblem, Invalid
from shared.events.common import EntityRef
from shared.events.pledges import PledgeSnapshot, Progress, Stuck, Target


def update(public: PledgeSnapshot, said: Report, reporter: EntityRef, at: datetime) -> Update:
    """The next report on what is public now, at `at` (business time). Raises Invalid."""
    last = public.progress
    if said.no_change and last.status is None:
        fault = FieldProblem("no_change", "there is no report yet that it could confirm", "say how it goes: status")
        raise Invalid("There is nothing to confirm yet; nothing was saved.", [fault])
    if said.confirms not in {None, last.reports}:
        problem = f"report {said.confirms} is no longer the last one, number {last.reports} is"
        fault = FieldProblem("confirms", problem, "read that one first")
        raise Invalid("Somebody has reported meanwhile; nothing was saved.", [fault])
    plain: dict[str, Any] = said.model_dump(exclude={"values"})
    return Update(
        **{name: value for name, value in plain.items() if name in Update.model_fields and name != "status"},
        status=said.status or last.status,
        values=_measured(public.targets, said.values),
        level="evidenced" if said.evidence else "reported",
        pledge_id=public.pledge_id,
        number=last.reports + 1,
        reporter=None if reporter.entity_id == public.entity.entity_id else reporter,
        reported_at=at,
    )


def _measured(targets: Sequence[Target], values: Sequence[Reached]) -> list[Measured]:
    known = {target.what: target for target in reversed(targets)}
    faults = [
        FieldProblem(f"values.{place}.target", "is no target of this pledge", "repeat the target's `what` as published")
        for place, value in enumerate(values)
        if value.target not in known
    ]
    if faults:
        raise Invalid("Some values belong to no target of the pledge; nothing was saved.", faults)
    return [_against(known[value.target], value) for value in values]


def _against(target: Target, value: Reached) -> Measured:
    found = compare(target, value.value, value.unit)
    return Measured(**value.model_dump(), share=found.share, not_comparable=found.not_comparable)


def require_correctable(updates: Sequence[Update], number: int, reporter: EntityRef | None) -> None:
    """Only what stands, and only by the entity that said it. `updates` are all so far. Raises Invalid."""
    if number > len(updates):
        problem, remedy = "is no report on this pledge", "look it up: GET /pledges/…/updates"
    elif by := next((one.number for one in updates if one.corrects == number), None):
        problem, remedy = f"was corrected by report {by}", f"correct that: {by}"
    elif _entity(updates[number - 1].reporter) != _entity(reporter):
        problem, remedy = "was reported by another entity", "dissent from it, or report yourself"
    else:
        return
    raise Invalid("It cannot be corrected; nothing was saved.", [FieldProblem("corrects", problem, remedy)])


def _entity(reporter: EntityRef | None) -> str | None:
    return reporter.entity_id if reporter else None


def level(found: Update, confirmed: Collection[int]) -> Level:
    """How well a report is founded; `confirmed` are the numbers of those whose evidence staff confirmed."""
    return "confirmed" if found.number in confirmed else "evidenced" if found.evidence else "reported"


def holding(updates: Iterable[Update]) -> list[Update]:
    """What holds of all reports, oldest first: a correction stands in the place of what it corrects."""
    places: dict[int, int] = {}
    found: dict[int, Update] = {}
    for one in updates:
        place = places[one.number] = places[one.corrects] if one.corrects else one.number
        found[place] = one
    return list(found.values())


def after(last: Progress, said: Update, founded: Level) -> Progress:
    """The progress of a pledge after one more report. "No change" leaves standing what was said before it."""
    if said.no_change:
        return last.model_copy(update={"last_reported_at": said.reported_at, "reports": said.number})
    return Progress(
        status=said.status,
        last_reported_at=said.reported_at,
        reports=said.number,
        paid=money.sums(said.paid) or last.paid,
        evidence=founded,
        stuck=_stuck(said) if said.stuck else None,
    )


def _stuck(said: Update) -> Stuck:
    partner = said.reporter.entity_id if said.reporter else None
    return Stuck(number=said.number, partner=partner, summary=said.summary, barriers=said.barriers)


def progress(updates: Sequence[Update], confirmed: Collection[int]) -> Progress:
    """From all reports, oldest first. Who corrects an old one has reported now, and changes no later word."""
    stands = reduce(lambda last, one: after(last, one, level(one, confirmed)), holding(updates), Progress())
    newest = updates[-1]
    return stands.model_copy(update={"last_reported_at": newest.reported_at, "reports": newest.number})
