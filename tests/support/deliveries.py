"""Mails that wait to be sent, put straight into the ledger: of one kind, each to another person of Veridia."""

from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

TEMPLATE = "pledge_published"

_DELIVERY = f"""
insert into delivery
    (id, cause, person_id, template, entity_id, pledge_id, facts, state, next_try_at, attempts, created_at)
values ($1, $2, $3, '{TEMPLATE}', 'veridia', $4, '{{}}', 'queued', now(), 0, now())
"""  # noqa: S608 - a name of ours


def person(number: int) -> str:
    return f"person{number}"


async def queue(url: str, mails: int) -> list[UUID]:
    """As the tables' owner."""
    ids = [uuid7() for _ in range(mails)]
    rows = [(id_, f"event:{id_}", person(number), uuid7()) for number, id_ in enumerate(ids)]
    connection = await asyncpg.connect(url)
    await connection.executemany(_DELIVERY, rows)
    await connection.close()
    return ids
