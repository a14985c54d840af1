"""Which offers fit a request: what the scoring needs to know, in few statements however many offers there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.offers.models import Offer
from services.network_support.offers.queries import matchable
from services.network_support.offers.scoring import Candidate, Need, Pledge, Suggestion, ranked
from services.network_support.offers.weights import Weights
from services.network_support.requests.models import KnownEntity, KnownPledge, SupportRequest
from shared.reference import catalogue

MOST_CANDIDATES = 500  # are read and scored: those that name most of the objectives, then the newest
MOST_PLEDGES = 1000  # of all givers together, that share an objective with the request's

_PLEDGE = select(KnownPledge).where(col(KnownPledge.pledge_id) == bindparam("pledge_id"))
_ENTITY = select(KnownEntity).where(col(KnownEntity.entity_id) == bindparam("entity_id"))
_wanted = cast(bindparam("objectives"), ARRAY(Text))
_named = (
    select(func.count())
    .select_from(func.unnest(col(Offer.objectives)).alias("named"))
    .where(literal_column("named") == func.any(_wanted))
    .scalar_subquery()
)


async def suggestions(session: AsyncSession, request: SupportRequest, policy: Weights, today: date) -> list[Suggestion]:
    """The best offers that can be matched today, the best first, each with its reasons."""
    need = await need_of(session, request, today)
    offers = await _candidates(session, need, today)
    return ranked(need, await candidates(session, offers, need), policy, today)


async def need_of(session: AsyncSession, request: SupportRequest, today: date) -> Need:
    """What is known of a request; while its pledge or entity is not known here, less."""
    pledge = (await session.execute(_PLEDGE, {"pledge_id": request.pledge_id})).scalar_one_or_none()
    entity = (await session.execute(_ENTITY, {"entity_id": request.entity_id})).scalar_one_or_none()
    return Need(
        entity_id=request.entity_id,
        type=request.type,
        language=request.language,
        objectives=tuple(pledge.main_objectives or pledge.objectives) if pledge else (),
        places=places(request.entity_id, entity, today),
        pledge=_pledge(pledge) if pledge else None,
    )


def places(entity_id: str, entity: KnownEntity | None, today: date) -> frozenset[str]:
    """The State that an entity is, or is in, and the regions and groups that it belongs to on that day."""
    states = {code for code in (entity_id, (entity and entity.country) or "") if code in catalogue.STATES}
    groups = {str(group["code"]) for group in entity.groups if _holds(group, today)} if entity else set[str]()
    return frozenset(states | groups)


def _holds(group: Mapping[str, Any], today: date) -> bool:
    since, until = group.get("since"), group.get("until")
    return (not since or since <= today.isoformat()) and (not until or today.isoformat() < until)


async def _candidates(session: AsyncSession, need: Need, today: date) -> Sequence[Offer]:
    """Those that name an objective or the kind of help, or are for all of them."""
    fitting = or_(
        col(Offer.objectives).bool_op("&&")(_wanted),
        col(Offer.objectives) == [],
        col(Offer.types).contains([need.type]),
        col(Offer.types) == [],
    )
    statement = (
        select(Offer)
        .where(*matchable(today), fitting)
        .order_by(_named.desc(), col(Offer.offer_id).desc())
        .limit(MOST_CANDIDATES)
    )
    return (await session.execute(statement, {"objectives": list(need.objectives)})).scalars().all()


async def candidates(session: AsyncSession, offers: Iterable[Offer], need: Need) -> list[Candidate]:
    """With the pledges that they are, or that their entities have made for the same objectives."""
    found = list(offers)
    by_id, by_entity = await _pledges(session, found, need)
    return [_candidate(one, by_id, by_entity) for one in found]


async def _pledges(
    session: AsyncSession, offers: Sequence[Offer], need: Need
) -> tuple[dict[UUID, Pledge], dict[str, list[Pledge]]]:
    named = [one.pledge_id for one in offers if one.pledge_id]
    givers = [one.entity_id for one in offers if one.entity_id and not one.pledge_id]
    if not named and not givers:
        return {}, {}
    same = col(KnownPledge.entity_id).in_(givers) & col(KnownPledge.objectives).bool_op("&&")(_wanted)
    statement = select(KnownPledge).where(or_(col(KnownPledge.pledge_id).in_(named), same)).limit(MOST_PLEDGES)
    rows = await session.execute(statement, {"objectives": list(need.objectives)})
    pledges = [_pledge(one) for one in rows.scalars()]
    by_entity = defaultdict[str, list[Pledge]](list)
    for one in pledges:
        by_entity[one.entity_id].append(one)
    return {one.pledge_id: one for one in pledges}, by_entity


def _candidate(offer: Offer, by_id: Mapping[UUID, Pledge], by_entity: Mapping[str, list[Pledge]]) -> Candidate:
    if offer.pledge_id:
        pledges = [by_id[offer.pledge_id]] if offer.pledge_id in by_id else []
    else:
        pledges = by_entity.get(offer.entity_id or "", [])
    return Candidate(
        offer_id=offer.offer_id,
        kind=offer.kind,
        entity_id=offer.entity_id,
        objectives=tuple(offer.objectives),
        types=tuple(offer.types),
        languages=tuple(offer.languages),
        places=tuple(offer.places),
        valid_until=offer.valid_until,
        capacity=offer.capacity,
        used=offer.used,
        conflicts=offer.conflicts,
        conflicts_with=tuple(offer.conflicts_with),
        pledges=tuple(pledges),
    )


def _pledge(known: KnownPledge) -> Pledge:
    return Pledge(known.pledge_id, known.entity_id, known.title, frozenset(known.objectives))
