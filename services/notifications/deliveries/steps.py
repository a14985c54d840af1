"""The mail table: which event calls for which mail to whom, and the kinds that none calls for. Nothing else is sent."""

from dataclasses import dataclass
from typing import Literal

# those of the entity; Network staff on duty; the two of a handover; who has an invitation; who made a report; a
# delegate who asked for support; whoever's mail it is about; who had a reminder before; who chose so
Audience = Literal[
    "focal_points", "desk", "former", "successor", "invited", "author", "asker", "writer", "reminded", "chosen"
]


@dataclass(frozen=True)
class Mail:
    """`by_filer`: to the people of the entity that filed the pledge in the other's name, if one did."""

    template: str
    audience: Audience
    by_filer: bool = False


REMINDER = Mail("reminder", "focal_points")
CANCELLED = Mail("milestone_cancelled", "reminded")
DIGEST = Mail("digest", "chosen")

MAILS: dict[str, tuple[Mail, ...]] = {
    "pledge.submitted.v1": (Mail("pledge_submitted", "desk"), Mail("pledge_received", "focal_points", by_filer=True)),
    "pledge.acceptance_asked.v1": (Mail("acceptance_asked", "focal_points"),),
    "pledge.changes_requested.v1": (Mail("pledge_changes_requested", "focal_points"),),
    "pledge.resubmitted.v1": (Mail("pledge_resubmitted", "desk"),),
    "pledge.published.v1": (Mail("pledge_published", "focal_points"),),
    "pledge.sign_off_asked.v1": (Mail("sign_off_asked", "focal_points"),),
    "pledge.evidence_declined.v1": (
        Mail("evidence_declined", "focal_points"),
        Mail("evidence_declined_author", "author"),
    ),
    "request.received.v1": (Mail("support_requested", "desk"), Mail("support_received", "focal_points")),
    "request.refused.v1": (Mail("support_refused", "focal_points"),),
    "request.acknowledged.v1": (Mail("support_acknowledged", "focal_points"),),
    "request.drafted.v1": (Mail("support_drafted", "focal_points"),),
    "request.accepted.v1": (Mail("support_accepted", "focal_points"),),
    "request.redirected.v1": (Mail("support_redirected", "focal_points"),),
    "request.declined.v1": (Mail("support_declined", "focal_points"),),
    "request.merged.v1": (Mail("support_merged", "focal_points"),),
    "request.matched.v1": (Mail("support_matched", "focal_points"),),
    "request.released.v1": (Mail("support_released", "focal_points"),),
    "request.delivered.v1": (Mail("support_delivered", "focal_points"),),
    "request.closed.v1": (Mail("support_closed", "focal_points"),),
    "request.reopened.v1": (Mail("support_reopened", "desk"),),
    "request.withdrawn.v1": (Mail("support_withdrawn", "desk"),),
    "request.message.v1": (Mail("support_message", "focal_points"), Mail("support_message_asker", "asker")),
    "request.reply.v1": (Mail("support_reply", "desk"),),
    "request.mail_not_taken.v1": (Mail("support_mail_not_taken", "writer"),),
    "offer.submitted.v1": (Mail("offer_submitted", "desk"),),
    "offer.returned.v1": (Mail("offer_returned", "focal_points"),),
    "offer.accepted.v1": (Mail("offer_accepted", "focal_points"),),
    "offer.matched.v1": (Mail("offer_matched", "focal_points"),),
    "membership.handed_over.v1": (Mail("handover_former", "former"), Mail("handover_successor", "successor")),
    "membership.handover_withdrawn.v1": (
        Mail("handover_withdrawn_former", "former"),
        Mail("handover_withdrawn_successor", "successor"),
    ),
    "invitation.issued.v1": (Mail("invitation", "invited"),),
}

WITHDRAWN = frozenset(mail.template for mail in MAILS["membership.handover_withdrawn.v1"])
MESSAGES = frozenset(mail.template for mail in MAILS["request.message.v1"])  # which hold what somebody wrote
# whose answers arrive on the request: those about one that its entity has sent
ANSWERABLE = frozenset(
    mail.template
    for type_, mails in MAILS.items()
    for mail in mails
    if type_.startswith("request.") and mail.audience in {"focal_points", "asker"}
) - {"support_drafted", "support_refused"}
POINTED: frozenset[Audience] = frozenset({"asker", "writer"})  # one person, whom network_support knows
PERSONAL: frozenset[Audience] = frozenset({"former", "successor", "invited"})  # one person, whoever they are
AUDIENCES: dict[str, Audience] = {
    mail.template: mail.audience for mails in (*MAILS.values(), (REMINDER, CANCELLED, DIGEST)) for mail in mails
}
TEMPLATES = tuple(AUDIENCES)
