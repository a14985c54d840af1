"""gcm republish, rebuild: operations on events. Both may run while the services do."""

import asyncio
from typing import Annotated

import typer

from cli.output import Json, counting, say, show_json
from cli.place import opened
from cli.services import One, Service
from shared.refusal import Refused


def register(app: typer.Typer) -> None:
    app.command()(republish)
    app.command()(rebuild)


def republish(
    service: One,
    topic: Annotated[str | None, typer.Argument(help="One public topic of the service; all, if none is named.")] = None,
    *,
    json: Json = False,
) -> None:
    """Write every public snapshot afresh, in today's schema: after a restore, or for readers that start anew."""
    written = asyncio.run(_republish(service, topic))
    if json:
        show_json({"snapshots": written})
    for name, number in {} if json else written.items():
        say(f"{name}: {number} snapshots are in the outbox")


async def _republish(service: Service, topic: str | None) -> dict[str, int]:
    from shared.messaging.republish import republish

    written = {}
    async with opened(service) as place:
        chosen = [one for one in place.handlers.REPUBLISHERS if topic in (None, one.topic)]
        if not chosen:
            raise Refused(f"{service} republishes nothing{f' to {topic}' if topic else ''}.")
        for one in chosen:
            with counting(one.topic) as count:
                written[one.topic] = 0
                async for number in republish(one, place.database, place.clock):
                    written[one.topic] = number
                    count(number)
    return written


def rebuild(
    service: One,
    projection: Annotated[str, typer.Argument(help="Its name, as in `/readyz` and in its consumer group.")],
    *,
    json: Json = False,
) -> None:
    """Clear a projection and read it again from its topic's beginning, while the service runs."""
    topic = asyncio.run(_rebuild(service, projection))
    if json:
        show_json({"cleared": projection, "topic": topic})
    else:
        say(f"{projection} is cleared; its consumers read {topic} from the beginning.")


async def _rebuild(service: Service, name: str) -> str:
    from shared.messaging.projections import rebuild
    from shared.messaging.subscriptions import Projection

    async with opened(service) as place:
        found = {one.name: one for one in place.handlers.SUBSCRIPTIONS if isinstance(one, Projection)}
        if name not in found:
            raise Refused(f"{service} has no projection “{name}”: {', '.join(found) or 'none at all'}.")
        async with place.database.transaction() as session:
            await rebuild(session, found[name])
    return found[name].topic
