"""What the pledges service hears from others, and what it can publish afresh."""

from services.pledges.entities.republish import PUBLIC_ENTITIES
from services.pledges.people.erasure import ERASURES
from services.pledges.registry.republish import PUBLIC_PLEDGES
from services.pledges.registry.support import SUPPORT_OF_PLEDGES
from services.pledges.reviews.republish import PUBLIC_MILESTONES
from shared.messaging.republish import Republisher
from shared.messaging.subscriptions import Subscription

SUBSCRIPTIONS: list[Subscription] = [SUPPORT_OF_PLEDGES, *ERASURES]
REPUBLISHERS: list[Republisher] = [PUBLIC_ENTITIES, PUBLIC_PLEDGES, PUBLIC_MILESTONES]
