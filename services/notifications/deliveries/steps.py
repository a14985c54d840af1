"""The mail table: which step calls for which mail to whom. What is not here sends nothing."""

from dataclasses import dataclass
from typing import Literal

Audience = Literal["focal_points", "desk"]  # those of the entity; Network staff on duty


@dataclass(frozen=True)
class Mail:
    template: str
    audience: Audience


REMINDER = Mail("reminder", "focal_points")

MAILS: dict[str, tuple[Mail, ...]] = {
    "pledge.submitted.v1": (Mail("pledge_submitted", "desk"), Mail("pledge_received", "focal_points")),
    "pledge.changes_requested.v1": (Mail("pledge_changes_requested", "focal_points"),),
    "pledge.resubmitted.v1": (Mail("pledge_resubmitted", "desk"),),
    "pledge.published.v1": (Mail("pledge_published", "focal_points"),),
    "request.received.v1": (Mail("support_requested", "desk"), Mail("support_received", "focal_points")),
    "request.refused.v1": (Mail("support_refused", "focal_points"),),
    "request.acknowledged.v1": (Mail("support_acknowledged", "focal_points"),),
}

AUDIENCES: dict[str, Audience] = {
    mail.template: mail.audience for mails in (*MAILS.values(), (REMINDER,)) for mail in mails
}
TEMPLATES = tuple(AUDIENCES)
