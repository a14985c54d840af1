"""What the pledges service hears from others, and what it can publish afresh."""

from services.pledges.registry.republish import PUBLIC_PLEDGES
from services.pledges.registry.support import SUPPORT_OF_PLEDGES
from shared.messaging.republish import Republisher
from shared.messaging.subscriptions import Subscription

SUBSCRIPTIONS: list[Subscription] = [SUPPORT_OF_PLEDGES]
REPUBLISHERS: list[Republisher] = [PUBLIC_PLEDGES]
