"""gcm recompute: the working-time clocks of support requests."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from cli.connect import As, connected
from cli.output import Json, counting, note, say, show_json
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.clocks import ClockRun

PAUSE = 0.5  # seconds between two looks


def register(app: typer.Typer) -> None:
    app.command()(recompute)


def recompute(
    look: Annotated[bool, typer.Option("--look", help="Only look at the last time, or follow what goes on.")] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """For administrators: compute the clocks of all open requests anew, and follow it to its end.

    After a change of the policy or a calendar this happens by itself; staff may look at it.
    """
    run = asyncio.run(_run(persona, look=look))
    if json:
        show_json(run)
    else:
        say(f"{run.done} clocks were computed anew; {run.moved} of them are due at another time now.")


async def _run(persona: str | None, *, look: bool) -> "ClockRun":
    from shared.client import Conflict

    async with connected(persona) as client:
        if not look:
            try:
                await client.support.compute_clocks()
            except Conflict:
                note("The clocks are being computed anew already.")
        return await _followed(client)


async def _followed(client: "Client") -> "ClockRun":
    found = (await client.support.clock_runs()).items
    if not found:
        raise Refused("The clocks were never computed anew.")
    run = found[0]
    with counting("Computing", run.total) as count:
        while not run.ended_at:
            count(run.done)
            await asyncio.sleep(PAUSE)
            runs = (await client.support.clock_runs()).items
            run = next(one for one in runs if one.run_id == run.run_id)
    return run
