"""What notifications hears: pledges and milestones to plan reminders from, and the steps that call for a mail."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.calendar import cancelling
from services.notifications.calendar import known as calendars
from services.notifications.campaigns import commands as campaigns
from services.notifications.deliveries.commands import drop
from services.notifications.deliveries.mailings import call_for
from services.notifications.deliveries.steps import MAILS
from services.notifications.deliveries.suppression import commands as suppression
from services.notifications.preferences import commands as preferences
from services.notifications.rehearsals import commands as rehearsals
from services.notifications.reminders import known
from shared.clock import Moment
from shared.events.envelope import Event
from shared.events.offers import OfferStep
from shared.events.people import ErasureDone, HandedOver, InvitationIssued, PersonErased
from shared.events.pledges import EvidenceDeclined, PledgeEvent, PledgeStep, SignOffAsked
from shared.events.registry import PLEDGES, PLEDGES_WORKFLOW, REVIEWS, SUPPORT_WORKFLOW, TYPES, carried_by
from shared.events.reviews import MilestoneEvent
from shared.events.support import MailNotTaken, RequestMessage, RequestMoved, RequestStep
from shared.messaging import outbox
from shared.messaging.republish import Republisher
from shared.messaging.subscriptions import Effect, Projection, Subscription
from shared.web.writing import forget_answers


async def know_pledge(session: AsyncSession, event: Event[PledgeEvent], moment: Moment) -> None:
    await known.put_pledge(session, event.data.pledge, moment.system)


async def hear_report(session: AsyncSession, event: Event[PledgeEvent], _: Moment) -> None:
    await campaigns.hear(session, event.data.pledge)


async def know_milestone(session: AsyncSession, event: Event[MilestoneEvent], moment: Moment) -> None:
    await known.put_milestone(session, event.data.milestone, moment.system)


async def enter_milestone(session: AsyncSession, event: Event[MilestoneEvent], _: Moment) -> None:
    await calendars.put(session, event.data.milestone, event.time)


async def mail_cancelled(session: AsyncSession, event: Event[MilestoneEvent], moment: Moment) -> None:
    milestone = event.data.milestone
    if milestone.cancelled and "cancelled" in event.data.change.fields:
        await cancelling.tell(session, event.id, milestone.code, moment.system)


async def mail_published(session: AsyncSession, event: Event[PledgeEvent], moment: Moment) -> None:
    pledge = event.data.pledge
    await _call(session, event, moment, pledge.entity.entity_id, pledge.pledge_id)


async def mail_pledge_step(session: AsyncSession, event: Event[PledgeStep], moment: Moment) -> None:
    step = event.data
    call = (session, event, moment, step.entity_id, step.pledge_id)
    await _call(*call, filed_by=step.filed_by, fields=step.fields)


async def mail_asked(session: AsyncSession, event: Event[SignOffAsked | EvidenceDeclined], moment: Moment) -> None:
    step = event.data
    await _call(session, event, moment, step.entity_id, step.pledge_id, update=step.update)


async def mail_request_step(session: AsyncSession, event: Event[RequestStep | RequestMoved], moment: Moment) -> None:
    step = event.data
    await _call(session, event, moment, step.entity_id, step.pledge_id, request_id=str(step.request_id))


async def mail_message(session: AsyncSession, event: Event[RequestMessage], moment: Moment) -> None:
    told = event.data
    facts: dict[str, Any] = {"request_id": str(told.request_id), "message": told.number}
    await _call(session, event, moment, told.entity_id, told.pledge_id, **facts)


async def mail_not_taken(session: AsyncSession, event: Event[MailNotTaken], moment: Moment) -> None:
    told = event.data
    facts: dict[str, Any] = {"request_id": str(told.request_id), "mail_id": str(told.mail_id), "why": told.reason}
    await _call(session, event, moment, told.entity_id, told.pledge_id, **facts)


async def mail_offer_step(session: AsyncSession, event: Event[OfferStep], moment: Moment) -> None:
    await _call(session, event, moment, event.data.entity_id)


async def mail_handover(session: AsyncSession, event: Event[HandedOver], moment: Moment) -> None:
    step = event.data
    await _call(session, event, moment, step.entity_id, handover_id=str(step.handover_id))


async def mail_invitation(session: AsyncSession, event: Event[InvitationIssued], moment: Moment) -> None:
    step = event.data
    await _call(session, event, moment, step.entity_id, invitation_id=str(step.invitation_id))


async def erase_person(session: AsyncSession, event: Event[PersonErased], moment: Moment) -> None:
    """What waits to be sent to the person is not sent; of what was sent, an opaque id stays."""
    await forget_answers(session, event.data.person_id)
    await drop(session, event.data.person_id)
    await preferences.forget(session, event.data.person_id, moment.system)
    await suppression.forget(session, event.data.person_id, moment.system)
    await rehearsals.forget(session, event.data.person_id)
    done = ErasureDone(erasure_id=event.data.erasure_id)
    await outbox.add(session, "erasure.done_by_notifications.v1", str(event.data.erasure_id), done, moment.system)


async def _call(
    session: AsyncSession,
    event: Event[Any],
    moment: Moment,
    entity_id: str,
    pledge_id: Any = None,
    *,
    filed_by: str | None = None,
    **facts: Any,
) -> None:
    whose = {"entity_id": entity_id, "pledge_id": pledge_id, "filed_by": filed_by}
    await call_for(session, event.type, event.id, **whose, facts=facts, at=moment.system)


SUBSCRIPTIONS: list[Subscription] = [
    Projection(
        "known_pledges",
        PLEDGES,
        dict.fromkeys(carried_by(PLEDGES), know_pledge),
        known.forget_pledge,
        known.clear_pledges,
    ),
    Projection(
        "known_reports",
        PLEDGES,
        dict.fromkeys(carried_by(PLEDGES), hear_report),
        campaigns.forget_reports,
        campaigns.keep_reports,
    ),
    Projection(
        "known_milestones",
        REVIEWS,
        dict.fromkeys(("milestone.changed.v1", "milestone.republished.v1"), know_milestone),
        known.forget_milestone,
        known.clear_milestones,
    ),
    Projection(
        "calendar_entries",
        REVIEWS,
        dict.fromkeys(("milestone.changed.v1", "milestone.republished.v1"), enter_milestone),
        calendars.cancel,
        calendars.clear,
    ),
    Effect("cancellation_mails", REVIEWS, {"milestone.changed.v1": mail_cancelled}),
    Effect("publication_mails", PLEDGES, {"pledge.published.v1": mail_published}),
    Effect(
        "pledge_mails",
        PLEDGES_WORKFLOW,
        dict.fromkeys(
            (
                *("pledge.submitted.v1", "pledge.resubmitted.v1", "pledge.changes_requested.v1"),
                "pledge.acceptance_asked.v1",
            ),
            mail_pledge_step,
        ),
    ),
    Effect(
        "report_mails",
        PLEDGES_WORKFLOW,
        dict.fromkeys(("pledge.sign_off_asked.v1", "pledge.evidence_declined.v1"), mail_asked),
    ),
    Effect(
        "membership_mails",
        PLEDGES_WORKFLOW,
        {
            "membership.handed_over.v1": mail_handover,
            "membership.handover_withdrawn.v1": mail_handover,
            "invitation.issued.v1": mail_invitation,
        },
    ),
    Effect("erasures", PLEDGES_WORKFLOW, {"person.erased.v1": erase_person}),
    Effect(
        "message_mails",
        SUPPORT_WORKFLOW,
        {
            "request.message.v1": mail_message,
            "request.reply.v1": mail_message,
            "request.mail_not_taken.v1": mail_not_taken,
        },
    ),
    Effect(
        "support_mails",
        SUPPORT_WORKFLOW,
        dict.fromkeys(
            (type_ for type_ in MAILS if TYPES[type_].data in {RequestStep, RequestMoved}), mail_request_step
        ),
    ),
    Effect(
        "offer_mails",
        SUPPORT_WORKFLOW,
        dict.fromkeys((type_ for type_ in MAILS if TYPES[type_].data is OfferStep), mail_offer_step),
    ),
]
REPUBLISHERS: list[Republisher] = []
