"""Events that come in, and what network_support can write afresh."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.requests import commands, drafts, known_entities, known_pledges
from services.network_support.requests.lifecycle import Pledge
from services.network_support.requests.republishing import snapshots
from services.network_support.triage import following, leaving
from services.network_support.work_items.handlers import SUBSCRIPTIONS as WORK_ITEMS
from shared.authors import SYSTEM
from shared.clock import Moment
from shared.events.entities import EntityEvent
from shared.events.envelope import Event
from shared.events.people import ErasureDone, PersonErased
from shared.events.pledges import PledgeEvent
from shared.events.registry import ENTITIES, PLEDGES, PLEDGES_WORKFLOW, SUPPORT, carried_by
from shared.messaging import outbox
from shared.messaging.republish import Republisher
from shared.messaging.subscriptions import Effect, Projection, Subscription
from shared.web.writing import forget_answers


async def pledge_changed(session: AsyncSession, event: Event[PledgeEvent], moment: Moment) -> None:
    """Learns the pledge and decides the requests that waited for it, in one transaction and under one lock.

    The decision is not an effect in a consumer group of its own, because two groups are at two places: a request that
    comes after the effect has passed its pledge's record, but before the projection has (in an ordinary lag, at a
    rebuild, or because the record is older than the effect's start mark), would wait for ever. Here it holds after
    every transaction that no request waits for a pledge that is known.

    A projection otherwise causes nothing, since its records come again. This cause can bear that: a request is decided
    only while it waits (a guard on its state, and a line of history whose key is unique), so once; and only by the
    newest record ever read of its pledge (the mark), so never by what the pledge was before.
    """
    pledge = event.data.pledge
    await known_pledges.lock(session, pledge.pledge_id)
    if await known_pledges.learn(session, pledge):
        known = Pledge(pledge.entity.entity_id, pledge.state)
        await commands.decide_pending(session, pledge.pledge_id, known, SYSTEM, moment)
        await following.about(session, pledge.pledge_id, pledge.objectives)


async def entity_changed(session: AsyncSession, event: Event[EntityEvent], _: Moment) -> None:
    await known_entities.learn(session, event.data.entity)
    await following.placed(session, event.data.entity.entity_id)


async def draft_from_report(session: AsyncSession, event: Event[PledgeEvent], moment: Moment) -> None:
    await drafts.draft_from_report(session, event.data.pledge, moment)


async def erase_person(session: AsyncSession, event: Event[PersonErased], moment: Moment) -> None:
    """Requests are the entity's, and their history has an opaque id: only what was the person's own goes."""
    await forget_answers(session, event.data.person_id)
    await leaving.forget(session, event.data.person_id, SYSTEM, moment)
    done = ErasureDone(erasure_id=event.data.erasure_id)
    await outbox.add(session, "erasure.done_by_network_support.v1", str(event.data.erasure_id), done, moment.system)


SUBSCRIPTIONS: Sequence[Subscription] = (
    Projection(
        name="known_pledges",
        topic=PLEDGES,
        handlers=dict.fromkeys(carried_by(PLEDGES), pledge_changed),
        forget=known_pledges.forget,
        clear=known_pledges.clear,
    ),
    Projection(
        name="known_entities",
        topic=ENTITIES,
        handlers=dict.fromkeys(carried_by(ENTITIES), entity_changed),
        forget=known_entities.forget,
        clear=known_entities.clear,
    ),
    *WORK_ITEMS,
    Effect("drafts", PLEDGES, {"pledge.reported.v1": draft_from_report}),
    Effect("erasures", PLEDGES_WORKFLOW, {"person.erased.v1": erase_person}),
)

REPUBLISHERS: Sequence[Republisher] = (Republisher(SUPPORT, snapshots),)
