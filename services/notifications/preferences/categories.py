"""Kinds of mail that a person may do without, and those that nobody can turn off."""

from typing import Literal

from services.notifications.deliveries.steps import AUDIENCES, PERSONAL, POINTED

Category = Literal["reminders", "pledges", "support", "desk"]

_REMINDERS = {"reminder", "milestone_cancelled"}


def of(template: str) -> Category | None:
    """None: about who somebody is here (an invitation, a handover), or what they themselves asked or wrote, which is
    told whatever they turned off."""
    audience = AUDIENCES[template]
    if audience in PERSONAL | POINTED or audience == "author":
        return None
    if audience == "desk":
        return "desk"
    if template in _REMINDERS:
        return "reminders"
    return "support" if template.startswith(("support_", "offer_")) else "pledges"
