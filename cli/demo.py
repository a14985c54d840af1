"""gcm demo: the journey of one pledge through the running local stack, for who wants to see it happen."""

import asyncio
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import Json, say, show_json
from deploy import stack_file

WIDTH, INDENT = 100, "   "

if TYPE_CHECKING:
    from cli.walk.steps import Outcome, Step


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    no_pause: Annotated[bool, typer.Option("--no-pause", help="Do not wait for Enter before each step.")] = False,
    *,
    json: Json = False,
) -> None:
    """Walk through the life of a pledge on the local stack, step by step, with real calls; may be repeated.

    Business time is set to 2 September 2024 first, and stands at 5 November 2024 in the end.
    """
    pause = not (no_pause or json) and sys.stdin.isatty() and sys.stdout.isatty()
    walked = asyncio.run(_walk(stack_file.running(), pause=pause, quiet=json))
    if json:
        show_json(walked)


async def _walk(stack: dict[str, Any], *, pause: bool, quiet: bool) -> list[dict[str, Any]]:
    import httpx

    from cli.walk.guide import Guide
    from cli.walk.steps import STEPS

    walked = []
    async with httpx.AsyncClient(timeout=30) as http:
        guide = Guide(stack, http)
        await guide.begin()
        for step in STEPS:
            if not quiet:
                _announce(step, pause=pause)
            outcome = await step.do(guide)
            walked.append({"step": step.letter, "title": step.title, **vars(outcome)})
            if not quiet:
                _tell(outcome)
    return walked


def _announce(step: "Step", *, pause: bool) -> None:
    says = textwrap.fill(step.says, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    say(f"\n{step.letter}. {step.title}\n{says}")
    if pause:
        typer.prompt("   Enter goes on, Ctrl-C ends the walk", default="", show_default=False, prompt_suffix=" ")


def _tell(outcome: "Outcome") -> None:
    for line in outcome.happened:
        say(f"   - {line}")
    for mail in outcome.mails:
        say(f"   Mail to {mail.to}: {mail.subject}\n      {mail.page}")
    for place in outcome.look:
        say(f"   Look at {place}")
