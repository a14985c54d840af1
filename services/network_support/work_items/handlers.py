"""Events of other services that call for people, as work items."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.work_items import raising
from shared.clock import Moment
from shared.events.envelope import Event
from shared.events.messaging import DeadLetterBuried
from shared.events.notifications import ContactLost, ReminderUnreachable
from shared.events.people import LeadLeft
from shared.events.registry import NOTIFICATIONS_WORKFLOW, PLEDGES_WORKFLOW, SUPPORT_WORKFLOW
from shared.messaging.subscriptions import Effect, Subscription


async def contact_lost(session: AsyncSession, event: Event[ContactLost], moment: Moment) -> None:
    lost = event.data
    facts = {"reason": lost.reason}
    await raising.of_entity(session, "contact_lost", str(lost.lost_id), lost.entity_id, facts, moment)


async def nobody_reminded(session: AsyncSession, event: Event[ReminderUnreachable], moment: Moment) -> None:
    """A reminder reached nobody: by its pledge, milestone and offset, which are the reminder's own key."""
    told = event.data
    cause = f"reminder {told.pledge_id} {told.milestone} {told.offset_days} {told.due_on}"
    facts = {"reason": "nobody_reachable", "pledge_id": str(told.pledge_id), "milestone": told.milestone}
    await raising.of_entity(session, "contact_lost", cause, told.entity_id, facts, moment)


async def lead_left(session: AsyncSession, event: Event[LeadLeft], moment: Moment) -> None:
    left = event.data
    await raising.of_entity(session, "lead_left", str(left.lead_left_id), left.entity_id, {}, moment)


async def dead_letter(session: AsyncSession, event: Event[DeadLetterBuried], moment: Moment) -> None:
    """By its place in its topic, its consumer and its replays: buried twice after a crash, it is one letter."""
    letter = event.data
    place = f"{letter.service} {letter.consumer} {letter.topic} {letter.partition} {letter.offset} {letter.replays}"
    await raising.alone(session, "dead_letter", place, letter.model_dump(mode="json"), moment)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Effect(
        "work_items_of_notifications",
        NOTIFICATIONS_WORKFLOW,
        {
            "contact.lost.v1": contact_lost,
            "reminder.unreachable.v1": nobody_reminded,
            "dead_letter.buried_by_notifications.v1": dead_letter,
        },
    ),
    Effect(
        "work_items_of_pledges",
        PLEDGES_WORKFLOW,
        {"membership.lead_left.v1": lead_left, "dead_letter.buried_by_pledges.v1": dead_letter},
    ),
    Effect(
        "work_items_of_network_support",
        SUPPORT_WORKFLOW,
        {"dead_letter.buried_by_network_support.v1": dead_letter},
    ),
)
