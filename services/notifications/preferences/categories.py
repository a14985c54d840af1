"""Kinds of mail that a person may do without, and those that nobody can turn off."""

from typing import Literal

from services.notifications.deliveries.steps import AUDIENCES, PERSONAL, POINTED

Category = Literal["reminders", "pledges", "support", "desk"]
# what one link stops: one category, or all that comes together in one mail
Stops = Literal["reminders", "pledges", "support", "desk", "digest"]
# Reminders have a day of their own, and are one mail a day as it is.
IN_DIGESTS: tuple[Category, ...] = ("pledges", "support", "desk")

_REMINDERS = {"reminder", "milestone_cancelled"}


def of(template: str) -> Category | None:
    """None: a digest, which is of those that are in it; about who somebody is here (an invitation, a handover), or what
    they themselves asked or wrote, which is told whatever they turned off."""
    audience = AUDIENCES[template]
    if audience in PERSONAL | POINTED or audience in {"author", "chosen"}:
        return None
    if audience == "desk":
        return "desk"
    if template in _REMINDERS:
        return "reminders"
    return "support" if template.startswith(("support_", "offer_")) else "pledges"


def stops(template: str) -> Stops | None:
    """What somebody stops by a link in a mail of this kind; None where it cannot be stopped."""
    return "digest" if AUDIENCES[template] == "chosen" else of(template)


def stopped(stops: Stops) -> tuple[Category, ...]:
    return IN_DIGESTS if stops == "digest" else (stops,)
