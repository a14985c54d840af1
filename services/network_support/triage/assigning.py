"""Who has a case: by hand, by rule, handed back; and how urgent it is. Each act is a line of its history."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.triage import choosing, lifecycle, officers
from services.network_support.triage.choosing import Candidate, Choice, Facts
from services.network_support.triage.lifecycle import Act, Priority
from services.network_support.triage.models import Case, CaseHistory, Officer
from services.network_support.triage.policy import policy
from services.network_support.triage.queries import NO_SUCH_CASE
from shared.authors import SYSTEM, Author
from shared.clock import Moment
from shared.db import TIMESTAMPTZ
from shared.errors import Conflict, NotFound
from shared.web import etag

_LOCKED = (
    select(Case)
    .where(col(Case.case_id) == bindparam("case_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LOADS = (
    select(col(Case.officer), func.count())
    .where(col(Case.is_open), col(Case.officer).in_(bindparam("officers", expanding=True)))
    .group_by(col(Case.officer))
)
_THERE = select(Officer).where(~col(Officer.away))
_GIVEN = text("update officer set given_at = :at where person_id = :person_id").bindparams(
    bindparam("at", type_=TIMESTAMPTZ)
)


async def locked(session: AsyncSession, case_id: UUID, seen: int) -> Case:
    """The case, until the transaction ends. Raises NotFound, and Stale when another officer was faster."""
    case = (await session.execute(_LOCKED, {"case_id": case_id})).scalar_one_or_none()
    if case is None:
        raise NotFound(NO_SUCH_CASE)
    etag.require(seen, case.revision)
    return case


async def assign(
    session: AsyncSession, case_id: UUID, seen: int, officer: str, reason: str | None, author: Author, moment: Moment
) -> None:
    """To an officer. Raises NotFound, Stale, Conflict for what is over or hers already, Invalid for a stranger."""
    case = await locked(session, case_id, seen)
    lifecycle.require_open(case.stage)
    await officers.require(session, officer)
    if case.officer == officer:
        raise Conflict("This officer has it already.")
    case.officer = officer
    await record(session, case, "assigned", author, moment, reason=reason)


async def hand_back(
    session: AsyncSession, case_id: UUID, seen: int, reason: str, author: Author, moment: Moment
) -> None:
    """To the desk, by whoever has it or a colleague. Raises NotFound, Stale, Conflict when nobody has it."""
    case = await locked(session, case_id, seen)
    if case.officer is None:
        raise Conflict("Nobody has it, so there is nothing to hand back.")
    before, case.officer = case.officer, None
    await record(session, case, "handed_back", author, moment, reason=reason, facts={"from": before})


async def prioritise(
    session: AsyncSession, case_id: UUID, seen: int, to: Priority, reason: str, author: Author, moment: Moment
) -> None:
    """Raises NotFound, Stale, Conflict."""
    case = await locked(session, case_id, seen)
    case.priority, case.priority_reason = lifecycle.rank(to), reason
    await record(session, case, "prioritised", author, moment, reason=reason)


async def by_rule(session: AsyncSession, case_id: UUID, seen: int, author: Author, moment: Moment) -> None:
    """By the policy's rules, as somebody asked. Raises NotFound, Stale, Conflict when no rule finds anybody else."""
    case = await locked(session, case_id, seen)
    lifecycle.require_open(case.stage)
    choice = await _choice(session, case)
    if choice is None or choice.officer == case.officer:
        raise Conflict("No rule of the assignment policy finds another officer for it; give it to somebody by hand.")
    await _give(session, case, choice, author, moment)


async def automatically(session: AsyncSession, case: Case, moment: Moment) -> None:
    """A new case, if the policy says so and a rule finds somebody."""
    if policy().automatic and (choice := await _choice(session, case)):
        await _give(session, case, choice, SYSTEM, moment)


async def _choice(session: AsyncSession, case: Case) -> Choice | None:
    there = (await session.execute(_THERE)).scalars().all()
    counted = await session.execute(_LOADS, {"officers": [one.person_id for one in there]})
    loads = dict(counted.all())
    candidates = [
        Candidate(
            one.person_id,
            frozenset(one.regions),
            frozenset(one.languages),
            frozenset(one.objectives),
            loads.get(one.person_id, 0),
            one.given_at,
        )
        for one in there
    ]
    facts = Facts(case.kind, case.type, case.region, case.language, frozenset(case.objectives))
    return choosing.choose(policy(), facts, candidates)


async def _give(session: AsyncSession, case: Case, choice: Choice, author: Author, moment: Moment) -> None:
    case.officer = choice.officer
    await session.execute(_GIVEN, {"at": moment.business, "person_id": choice.officer})
    facts = {"rule": choice.rule, "agrees": choice.agrees, "load": choice.load, "of": choice.of}
    await record(session, case, "assigned", author, moment, facts=facts)


async def record(
    session: AsyncSession,
    case: Case,
    act: Act,
    author: Author,
    moment: Moment,
    *,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """As `note`, flushed."""
    note(session, case, act, author, moment, reason=reason, facts=facts)
    await session.flush()


def note(
    session: AsyncSession,
    case: Case,
    act: Act,
    author: Author,
    moment: Moment,
    *,
    reason: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """An act on a locked or new case: its stage, revision and line of history. Raises Conflict."""
    # a rule that gives a work item to somebody does not make it begun
    if act != "assigned" or author.person_id is not None:
        case.stage = lifecycle.after(case.kind, case.stage, act)
    case.is_open = case.stage in lifecycle.OPEN
    case.revision += 1
    case.changed_at = moment.business
    session.add(
        CaseHistory(
            case_id=case.case_id,
            revision=case.revision,
            act=act,
            officer=case.officer,
            priority=case.priority,
            reason=reason,
            facts=facts or {},
            by=author.by,
            person=author.person_id,
            at=moment.business,
            recorded_at=moment.system,
        )
    )
