"""What entities are called."""

import asyncio
from collections.abc import Sequence

from shared.client import Client, Missing

MOST = 30  # entities of one pledge that are looked up; of more, the codes are shown


async def names(client: Client, entities: Sequence[str]) -> dict[str, str]:
    """By code, of those that exist."""
    found = await asyncio.gather(*(_name(client, one) for one in entities[:MOST]))
    return {code: name for code, name in zip(entities, found, strict=False) if name}


async def _name(client: Client, entity_id: str) -> str:
    try:
        return (await client.pledges.entity(entity_id)).name
    except Missing:
        return ""
