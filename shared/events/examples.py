"""One example of every event type, published with the contracts and read back by today's models in the tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.events.common import Change, EntityRef
from shared.events.entities import EntityEvent, EntitySnapshot, Group
from shared.events.envelope import Data
from shared.events.messaging import DeadLetterBuried
from shared.events.notifications import ContactLost, ReminderUnreachable
from shared.events.offers import OfferStep
from shared.events.people import ErasureDone, HandedOver, InvitationIssued, LeadLeft, PersonErased
from shared.events.pledges import (
    EvidenceDeclined,
    Period,
    PledgeEvent,
    PledgeSnapshot,
    PledgeStep,
    Progress,
    SignOff,
    SignOffAsked,
    Source,
    Sum,
    Target,
)
from shared.events.reviews import MilestoneEvent, MilestoneSnapshot
from shared.events.support import MailNotTaken, RequestMessage, RequestMoved, RequestStep, SupportEvent, SupportSnapshot
from shared.reference.dates import PartialDate

_AT = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
_PLEDGE = UUID("01922f00-0000-7000-8000-000000000001")
_OTHER = UUID("01922f00-0000-7000-8000-000000000003")
_REQUEST = UUID("01922f00-0000-7000-8000-000000000002")
_INVITATION = UUID("01922f00-0000-7000-8000-000000000003")
_HANDOVER = UUID("01922f00-0000-7000-8000-000000000004")
_ERASURE = UUID("01922f00-0000-7000-8000-000000000005")
_LOST = UUID("01922f00-0000-7000-8000-000000000006")
_LEFT = UUID("01922f00-0000-7000-8000-000000000007")
_EVENT = UUID("01922f00-0000-7000-8000-000000000008")
_KALMORA = EntityRef(entity_id="kalmora", name="Kalmora", kind="member_state", fictional=True)
_VERIDIA = EntityRef(entity_id="veridia", name="Veridia", kind="member_state", fictional=True)


def _target() -> Target:
    return Target(
        what="Consular posts that issue identity documents",
        unit="posts",
        baseline=Decimal(4),
        comparator="at_least",
        value=Decimal(12),
        by=PartialDate("2026"),
        disaggregated_by=["location"],
    )


def _pledge(action: str, fields: list[str]) -> PledgeEvent:
    snapshot = PledgeSnapshot(
        pledge_id=_PLEDGE,
        sequence=1,
        version=1,
        state="closed" if action in {"closed", "merged"} else "published",
        closed_reason={"closed": "fulfilled", "merged": "superseded"}.get(action),
        superseded_by=_OTHER if action == "merged" else None,
        merged=action == "merged",
        entity=_VERIDIA,
        kind="individual",
        title="Identity documents at every consulate",
        description="Veridia will issue identity documents to its nationals at twelve consular posts.",
        language="en",
        objectives=["objective-4", "objective-14"],
        main_objectives=["objective-4"],
        principles=["people-centred"],
        forms=["process"],
        targets=[_target()],
        period=Period(start=PartialDate("2024-09"), end=PartialDate("2026")),
        review_cycle="2022",
        partners=[],
        partner_entities=["kalmora"] if action == "signed_off" else [],
        sign_offs=[SignOff(entity=_KALMORA, answer="signed_off", at=_AT)] if action == "signed_off" else [],
        origin="submitted",
        sources=[Source(title="Statement at the Forum")] if action == "republished" else [],
        progress=_progress(action),
        published_at=_AT,
        first_published_at=_AT,
    )
    by = {"republished": "system", "reported": "entity", "signed_off": "entity"}.get(action, "network_staff")
    change = {"action": action, "at": _AT, "by": by, "fields": fields}
    return PledgeEvent(pledge=snapshot, change=Change.model_validate(change))


def _progress(action: str) -> Progress:
    if action not in {"reported", "confirmed"}:
        return Progress()
    paid = [Sum(amount=Decimal(1_100_000), currency="EUR")]
    evidence: Literal["evidenced", "confirmed"] = "confirmed" if action == "confirmed" else "evidenced"
    return Progress(status="in_progress", last_reported_at=_AT, reports=1, paid=paid, evidence=evidence)


def _entity(action: str) -> EntityEvent:
    entity = EntitySnapshot(
        **_VERIDIA.model_dump(),
        sequence=1,
        names={"en": "Veridia", "fr": "Véridie"},
        groups=[Group(code="african", since=date(2022, 5, 20))],
    )
    return EntityEvent(entity=entity, change=Change(action=action, at=_AT, by="system"))


def _milestone(action: str) -> MilestoneEvent:
    milestone = MilestoneSnapshot(
        code="plenary-2024",
        sequence=1,
        cycle="2022",
        cycle_opens=datetime(2022, 5, 17, 4, 0, tzinfo=UTC),
        kind="plenary",
        names={"en": "General Assembly plenary meeting on the Compact"},
        starts=PartialDate("2024-12-05"),
        time_zone="America/New_York",
        reminders=True,
    )
    return MilestoneEvent(milestone=milestone, change=Change(action=action, at=_AT, by="network_staff"))


def _support(action: str) -> SupportEvent:
    status = "requested" if action == "republished" else action
    values = {"request_id": _REQUEST, "sequence": 1, "pledge_id": _PLEDGE, "status": status}
    snapshot = SupportSnapshot.model_validate(values)
    return SupportEvent(support=snapshot, change=Change(action=action, at=_AT, by="entity"))


def _request(state: str) -> RequestStep:
    revision = 1 if state == "submitted" else 2
    values = {"request_id": _REQUEST, "pledge_id": _PLEDGE, "entity_id": "veridia", "revision": revision}
    return RequestStep.model_validate({**values, "state": state})


def _moved(state: str, by: str) -> RequestMoved:
    values = {"request_id": _REQUEST, "pledge_id": _PLEDGE, "entity_id": "veridia", "revision": 4}
    return RequestMoved.model_validate({**values, "state": state, "by": by})


def _step(state: str, revision: int, fields: list[str]) -> PledgeStep:
    values = {"pledge_id": _PLEDGE, "entity_id": "veridia", "revision": revision, "fields": fields}
    return PledgeStep.model_validate({**values, "state": state})


_OFFERED = OfferStep(offer_id=UUID("01922f00-0000-7000-8000-000000000005"), entity_id="veridia")
_UNREACHABLE = ReminderUnreachable(
    pledge_id=_PLEDGE, entity_id="veridia", milestone="plenary-2024", offset_days=-30, due_on=date(2024, 11, 5)
)


def _buried(service: str) -> DeadLetterBuried:
    place = {"topic": "gcm.pledges", "partition": 2, "offset": 4711, "event_id": _EVENT}
    return DeadLetterBuried.model_validate(
        {**place, "service": service, "consumer": "known_pledges", "type": "pledge.published.v1"}
    )


_MESSAGE = RequestMessage(request_id=_REQUEST, pledge_id=_PLEDGE, entity_id="veridia", number=1)
_NOT_TAKEN = MailNotTaken(
    request_id=_REQUEST, pledge_id=_PLEDGE, entity_id="veridia", mail_id=_EVENT, reason="too_large"
)

EXAMPLES: dict[str, Data] = {
    "pledge.published.v1": _pledge("published", []),
    "pledge.amended.v1": _pledge("amended", ["period"]),
    "pledge.reported.v1": _pledge("reported", []),
    "pledge.closed.v1": _pledge("closed", []),
    "pledge.merged.v1": _pledge("merged", []),
    "pledge.unmerged.v1": _pledge("unmerged", []),
    "pledge.signed_off.v1": _pledge("signed_off", ["sign_offs"]),
    "pledge.confirmed.v1": _pledge("confirmed", ["progress"]),
    "pledge.republished.v1": _pledge("republished", []),
    "entity.changed.v1": _entity("changed"),
    "entity.republished.v1": _entity("republished"),
    "milestone.changed.v1": _milestone("changed"),
    "milestone.republished.v1": _milestone("republished"),
    "support.requested.v1": _support("requested"),
    "support.matched.v1": _support("matched"),
    "support.delivered.v1": _support("delivered"),
    "support.withdrawn.v1": _support("withdrawn"),
    "support.republished.v1": _support("republished"),
    "pledge.submitted.v1": _step("submitted", 2, []),
    "pledge.resubmitted.v1": _step("submitted", 4, []),
    "pledge.changes_requested.v1": _step("changes_requested", 3, ["period"]),
    "pledge.acceptance_asked.v1": _step("submitted", 2, []).model_copy(update={"filed_by": "kalmora"}),
    "pledge.sign_off_asked.v1": SignOffAsked(pledge_id=_PLEDGE, entity_id="kalmora", version=1, update=2),
    "pledge.evidence_declined.v1": EvidenceDeclined(pledge_id=_PLEDGE, entity_id="veridia", update=2),
    "request.received.v1": _request("submitted"),
    "request.refused.v1": _request("refused"),
    "request.acknowledged.v1": _request("acknowledged"),
    "request.withdrawn.v1": _request("withdrawn"),
    "request.message.v1": _MESSAGE,
    "request.reply.v1": _MESSAGE,
    "request.mail_not_taken.v1": _NOT_TAKEN,
    **dict.fromkeys(("offer.submitted.v1", "offer.returned.v1", "offer.accepted.v1", "offer.matched.v1"), _OFFERED),
    "request.drafted.v1": _moved("draft", "system"),
    "request.triaged.v1": _moved("triage", "network_staff"),
    "request.asked.v1": _moved("needs_info", "network_staff"),
    "request.answered.v1": _moved("triage", "entity"),
    "request.accepted.v1": _moved("accepted", "network_staff"),
    "request.redirected.v1": _moved("redirected", "network_staff"),
    "request.declined.v1": _moved("declined", "network_staff"),
    "request.merged.v1": _moved("merged", "network_staff"),
    "request.unmerged.v1": _moved("triage", "network_staff"),
    "request.matching_begun.v1": _moved("matching", "network_staff"),
    "request.matched.v1": _moved("matched", "network_staff"),
    "request.released.v1": _moved("matching", "network_staff"),
    "request.delivery_begun.v1": _moved("delivering", "network_staff"),
    "request.delivered.v1": _moved("delivered", "network_staff"),
    "request.confirmed.v1": _moved("confirmed", "entity"),
    "request.closed.v1": _moved("closed", "network_staff"),
    "request.reopened.v1": _moved("triage", "entity"),
    "reminder.unreachable.v1": _UNREACHABLE,
    "contact.lost.v1": ContactLost(lost_id=_LOST, entity_id="veridia", reason="hard_bounce"),
    "membership.lead_left.v1": LeadLeft(lead_left_id=_LEFT, entity_id="veridia"),
    "dead_letter.buried_by_pledges.v1": _buried("pledges"),
    "dead_letter.buried_by_network_support.v1": _buried("network_support"),
    "dead_letter.buried_by_notifications.v1": _buried("notifications"),
    "invitation.issued.v1": InvitationIssued(invitation_id=_INVITATION, entity_id="veridia"),
    "membership.handed_over.v1": HandedOver(handover_id=_HANDOVER, entity_id="veridia"),
    "membership.handover_withdrawn.v1": HandedOver(handover_id=_HANDOVER, entity_id="veridia"),
    "person.erased.v1": PersonErased(erasure_id=_ERASURE, person_id="6b1f0a3e-0009-4000-8000-000000000009"),
    "erasure.done_by_network_support.v1": ErasureDone(erasure_id=_ERASURE),
    "erasure.done_by_notifications.v1": ErasureDone(erasure_id=_ERASURE),
}
