"""All event types: which topic carries them and what their data is. Contracts, checks and consumers start here."""

from dataclasses import dataclass

from shared.events.entities import EntityEvent
from shared.events.envelope import Data
from shared.events.messaging import DeadLetterBuried
from shared.events.notifications import ContactLost, ReminderUnreachable
from shared.events.offers import OfferStep
from shared.events.people import ErasureDone, HandedOver, InvitationIssued, LeadLeft, PersonErased
from shared.events.pledges import EvidenceDeclined, PledgeEvent, PledgeStep, SignOffAsked
from shared.events.reviews import MilestoneEvent
from shared.events.support import MailNotTaken, RequestMessage, RequestMoved, RequestStep, SupportEvent

PLEDGES = "gcm.pledges"
ENTITIES = "gcm.entities"
REVIEWS = "gcm.reviews"
SUPPORT = "gcm.support"
PLEDGES_WORKFLOW = "gcm.pledges.workflow"
SUPPORT_WORKFLOW = "gcm.support.workflow"
NOTIFICATIONS_WORKFLOW = "gcm.notifications.workflow"

HEARTBEAT = "heartbeat.v1"
HEARTBEAT_KEY = "heartbeat"


@dataclass(frozen=True)
class EventType:
    name: str  # ends in .v1
    topic: str
    data: type[Data]
    says: str  # one line for the contract


_TYPES = [
    EventType("pledge.published.v1", PLEDGES, PledgeEvent, "A pledge was published for the first time"),
    EventType("pledge.amended.v1", PLEDGES, PledgeEvent, "A new version of a published pledge was published"),
    EventType("pledge.reported.v1", PLEDGES, PledgeEvent, "The entity reported progress"),
    EventType("pledge.closed.v1", PLEDGES, PledgeEvent, "A published pledge was closed, with a reason"),
    EventType("pledge.merged.v1", PLEDGES, PledgeEvent, "A pledge turned out to be the same as another one"),
    EventType("pledge.unmerged.v1", PLEDGES, PledgeEvent, "A merge was undone: it is a pledge of its own again"),
    EventType("pledge.signed_off.v1", PLEDGES, PledgeEvent, "A partner signed off or dissented, on it or on a report"),
    EventType(
        "pledge.confirmed.v1", PLEDGES, PledgeEvent, "Staff confirmed the evidence of a report, or took that back"
    ),
    EventType("pledge.republished.v1", PLEDGES, PledgeEvent, "The present snapshot, written afresh; nothing happened"),
    EventType("entity.changed.v1", ENTITIES, EntityEvent, "An entity was added or changed"),
    EventType("entity.republished.v1", ENTITIES, EntityEvent, "The present snapshot, written afresh; nothing happened"),
    EventType("milestone.changed.v1", REVIEWS, MilestoneEvent, "A milestone was added, moved or changed"),
    EventType("milestone.republished.v1", REVIEWS, MilestoneEvent, "The present snapshot, written afresh"),
    EventType("support.requested.v1", SUPPORT, SupportEvent, "Support for a pledge was requested"),
    EventType("support.matched.v1", SUPPORT, SupportEvent, "It was matched with somebody who helps"),
    EventType("support.delivered.v1", SUPPORT, SupportEvent, "The support was delivered"),
    EventType("support.withdrawn.v1", SUPPORT, SupportEvent, "The request was withdrawn"),
    EventType("support.republished.v1", SUPPORT, SupportEvent, "The present snapshot, written afresh"),
    EventType("pledge.submitted.v1", PLEDGES_WORKFLOW, PledgeStep, "A draft was submitted for the first time"),
    EventType(
        "pledge.resubmitted.v1", PLEDGES_WORKFLOW, PledgeStep, "It was submitted again after a request for changes"
    ),
    EventType("pledge.changes_requested.v1", PLEDGES_WORKFLOW, PledgeStep, "Staff asked for changes to named fields"),
    EventType(
        "pledge.acceptance_asked.v1",
        PLEDGES_WORKFLOW,
        PledgeStep,
        "Another entity submitted it in the entity's name, which is asked to accept it",
    ),
    EventType(
        "pledge.sign_off_asked.v1", PLEDGES_WORKFLOW, SignOffAsked, "A partner is asked to answer to it or to a report"
    ),
    EventType(
        "pledge.evidence_declined.v1", PLEDGES_WORKFLOW, EvidenceDeclined, "Staff do not confirm a report's evidence"
    ),
    EventType(
        "request.received.v1", SUPPORT_WORKFLOW, RequestStep, "A request for support was received and is in order"
    ),
    EventType(
        "request.refused.v1", SUPPORT_WORKFLOW, RequestStep, "It names a pledge that its entity has not published"
    ),
    EventType("request.acknowledged.v1", SUPPORT_WORKFLOW, RequestStep, "Network staff acknowledged it"),
    EventType("request.withdrawn.v1", SUPPORT_WORKFLOW, RequestStep, "The requester withdrew it"),
    EventType("request.message.v1", SUPPORT_WORKFLOW, RequestMessage, "Network staff wrote to the requester"),
    EventType("request.reply.v1", SUPPORT_WORKFLOW, RequestMessage, "The requester wrote to Network staff"),
    EventType(
        "request.mail_not_taken.v1", SUPPORT_WORKFLOW, MailNotTaken, "A mail about it was not taken, or not whole"
    ),
    EventType(
        "request.drafted.v1",
        SUPPORT_WORKFLOW,
        RequestMoved,
        "A draft was made from a report that says the pledge is stuck; only its entity can send it",
    ),
    EventType("request.triaged.v1", SUPPORT_WORKFLOW, RequestMoved, "Network staff began to look into it"),
    EventType("request.asked.v1", SUPPORT_WORKFLOW, RequestMoved, "Network staff need to know more before they go on"),
    EventType("request.answered.v1", SUPPORT_WORKFLOW, RequestMoved, "The requester answered"),
    EventType("request.accepted.v1", SUPPORT_WORKFLOW, RequestMoved, "Network staff will look for help"),
    EventType("request.redirected.v1", SUPPORT_WORKFLOW, RequestMoved, "Others can help better"),
    EventType("request.declined.v1", SUPPORT_WORKFLOW, RequestMoved, "It will not be helped with, with a reason"),
    EventType("request.merged.v1", SUPPORT_WORKFLOW, RequestMoved, "It is the same as another request, which goes on"),
    EventType("request.unmerged.v1", SUPPORT_WORKFLOW, RequestMoved, "A merge was undone: it goes on by itself"),
    EventType("request.matching_begun.v1", SUPPORT_WORKFLOW, RequestMoved, "Offers are sought"),
    EventType("request.matched.v1", SUPPORT_WORKFLOW, RequestMoved, "It was matched with offers"),
    EventType("request.released.v1", SUPPORT_WORKFLOW, RequestMoved, "A match does not hold; offers are sought again"),
    EventType("request.delivery_begun.v1", SUPPORT_WORKFLOW, RequestMoved, "The help has begun"),
    EventType(
        "request.delivered.v1", SUPPORT_WORKFLOW, RequestMoved, "The help was given; the requester is asked to confirm"
    ),
    EventType("request.confirmed.v1", SUPPORT_WORKFLOW, RequestMoved, "The requester confirmed the help"),
    EventType("request.closed.v1", SUPPORT_WORKFLOW, RequestMoved, "It was closed"),
    EventType("request.reopened.v1", SUPPORT_WORKFLOW, RequestMoved, "It was taken up again after it was closed"),
    EventType(
        "offer.submitted.v1", SUPPORT_WORKFLOW, OfferStep, "An entity offers help, or changed its offer: to be checked"
    ),
    EventType("offer.returned.v1", SUPPORT_WORKFLOW, OfferStep, "Network staff ask for changes to an entity's offer"),
    EventType("offer.accepted.v1", SUPPORT_WORKFLOW, OfferStep, "Network staff found an entity's offer complete"),
    EventType("offer.matched.v1", SUPPORT_WORKFLOW, OfferStep, "An entity's offer was matched to a request"),
    EventType(
        "reminder.unreachable.v1", NOTIFICATIONS_WORKFLOW, ReminderUnreachable, "Nobody could be reached for a pledge"
    ),
    EventType("contact.lost.v1", NOTIFICATIONS_WORKFLOW, ContactLost, "Mails no longer reach who acts for an entity"),
    EventType("invitation.issued.v1", PLEDGES_WORKFLOW, InvitationIssued, "Somebody is invited to act for an entity"),
    EventType("membership.handed_over.v1", PLEDGES_WORKFLOW, HandedOver, "A focal point has a successor"),
    EventType(
        "membership.handover_withdrawn.v1", PLEDGES_WORKFLOW, HandedOver, "A handover that was planned will not happen"
    ),
    EventType("membership.lead_left.v1", PLEDGES_WORKFLOW, LeadLeft, "An entity has no focal point any more"),
    *(
        EventType(f"dead_letter.buried_by_{service}.v1", topic, DeadLetterBuried, f"{service} could not read a record")
        for service, topic in (
            ("pledges", PLEDGES_WORKFLOW),
            ("network_support", SUPPORT_WORKFLOW),
            ("notifications", NOTIFICATIONS_WORKFLOW),
        )
    ),
    EventType("person.erased.v1", PLEDGES_WORKFLOW, PersonErased, "All that is kept of a person is to be erased"),
    EventType("erasure.done_by_network_support.v1", SUPPORT_WORKFLOW, ErasureDone, "network_support has erased it"),
    EventType("erasure.done_by_notifications.v1", NOTIFICATIONS_WORKFLOW, ErasureDone, "notifications has erased it"),
]
TYPES = {event.name: event for event in _TYPES}
PUBLIC_TOPICS = (PLEDGES, ENTITIES, REVIEWS, SUPPORT)


def carried_by(topic: str) -> tuple[str, ...]:
    """The types of a topic's events: whoever keeps its snapshots takes all, as compaction may leave the last alone."""
    return tuple(event.name for event in _TYPES if event.topic == topic)


def read(event: EventType, value: bytes) -> Data:
    """The data of a record as consumers read it: a field that a later minor version added is ignored, at every depth.

    Raises pydantic's ValidationError.
    """
    return event.data.model_validate_json(value, extra="ignore")
