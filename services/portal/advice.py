"""Advice on the form of a pledge, each finding at the form's own field."""

from uuid import UUID

from services.portal.typed import Meaning
from shared.client import Client
from shared.client.models.advice import Advice, Asking

LONGEST_WISH = 500  # characters of Accept-Language that the service takes


async def advise(client: Client, found: Meaning, entity: str, accepted: str, pledge_id: UUID | None = None) -> Advice:
    """On what the form stands for. `accepted` is the reader's Accept-Language: advice speaks more languages than the
    pages do. `pledge_id`: of the draft, once it is saved. Raises Refused for what no pledge may hold.
    """
    asking = Asking(**found.content.model_dump(), entity_id=entity or None, pledge_id=pledge_id)
    advice = await client.pledges.advise(asking, language=accepted[:LONGEST_WISH])
    placed = [one.model_copy(update={"field": found.place(one.field)}) for one in advice.findings]
    return advice.model_copy(update={"findings": placed})
