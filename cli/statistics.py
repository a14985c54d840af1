"""gcm recount: the statistics of the pledges counted anew, while the service runs."""

import asyncio

import typer

from cli.output import Json, say, show_json
from cli.place import opened
from cli.services import Service


def register(app: typer.Typer) -> None:
    app.command()(recount)


def recount(*, json: Json = False) -> None:
    """Count the statistics of all pledges anew: after a restore, or when they are in doubt. Takes minutes a million."""
    number = asyncio.run(_recount())
    if json:
        show_json({"pledges": number})
    else:
        say(f"{number} public pledges are counted.")


async def _recount() -> int:
    from services.pledges.statistics import rollups

    async with opened(Service.PLEDGES) as place:
        return await rollups.recount(place.database)
