"""What a pause holds back, and what becomes of that at its end. Pure rules."""

from datetime import timedelta
from typing import Literal, get_args

from services.notifications.deliveries.steps import DIGEST, TEMPLATES
from services.notifications.preferences import categories

# `people`: about who somebody is here, and what they themselves asked or wrote
Paused = Literal["all", "reminders", "pledges", "support", "desk", "people"]
CATEGORIES: tuple[Paused, ...] = get_args(Paused)
# A mail about a step that is older than this when its pause ends is skipped: it would tell of what is long past.
# Reminders have an hour of their own, and the policy's own lateness.
LATE = timedelta(hours=36)


def templates(category: Paused) -> list[str] | None:
    """None: all, also those that a later release brings. A digest goes without what is paused."""
    if category == "all":
        return None
    return [one for one in TEMPLATES if one != DIGEST.template and (categories.of(one) or "people") == category]
