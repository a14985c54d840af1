"""What the pledges service hears from others, and what it can publish afresh."""

from shared.messaging.republish import Republisher
from shared.messaging.subscriptions import Subscription

SUBSCRIPTIONS: list[Subscription] = []
REPUBLISHERS: list[Republisher] = []
