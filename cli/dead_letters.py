"""gcm dead-letters, replay: records that no retry mended, and what becomes of them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.output import Json, say, show_json, table
from cli.place import opened
from cli.services import ALL, One, Service
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.messaging.letters import Letter

group = typer.Typer(help="Records that a consumer could not handle: see, retry or discard them.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="As `gcm dead-letters list` shows it.", min=0)]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="dead-letters")
    app.command()(replay)


@group.command("list")
def list_(
    service: Annotated[Service | None, typer.Argument(help=ALL)] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that were dealt with.")] = False,
    *,
    json: Json = False,
) -> None:
    """Those that wait for somebody."""
    chosen = [service] if service else list(Service)
    found = {one: asyncio.run(_letters(one)) for one in chosen}
    shown = [(one, letter) for one, all_ in found.items() for letter in all_ if every or not letter.settled]
    if json:
        show_json([{"service": one, **_facts(letter)} for one, letter in shown])
    else:
        heads = ("service", "number", "since (UTC)", "consumer", "type", "became", "reason")
        table(heads, [_line(one, letter) for one, letter in shown], "No dead letter waits.")


async def _letters(service: Service) -> "list[Letter]":
    from shared.messaging.letters import letters

    async with opened(service) as place:
        return await letters(place.bootstrap, service)


def _line(service: Service, letter: "Letter") -> Sequence[object]:
    became = letter.settled.outcome if letter.settled else "waits"
    return service, letter.number, _time(letter.buried), letter.consumer, letter.type, became, letter.reason


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def _facts(letter: "Letter") -> dict[str, Any]:
    """All of it, readable."""
    headers = {name: value.decode(errors="replace") for name, value in letter.headers}
    settled = letter.settled
    return {
        "number": letter.number,
        "since": _time(letter.buried),
        "consumer": letter.consumer,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "replays": letter.replays,
        "from": f"{letter.topic}/{letter.partition}/{letter.offset}",
        "key": (letter.key or b"").decode(errors="replace"),
        "headers": headers,
        "value": None if letter.value is None else letter.value.decode(errors="replace"),
        "became": settled and {"outcome": settled.outcome, "says": settled.says, "at": _time(settled.at)},
    }


@group.command()
def show(service: One, number: Number, *, json: Json = False) -> None:
    """One of them, whole: key, headers, value, reason, and what became of it."""
    facts = _facts(asyncio.run(_letter(service, number)))
    if json:
        show_json(facts)
        return
    for name, value in facts.items():
        if isinstance(value, dict):
            say(f"{name}:")
            for inner, text in value.items():
                say(f"  {inner}: {text}")
        else:
            say(f"{name}: {'–' if value is None else value}")


async def _letter(service: Service, number: int) -> "Letter":
    found = [letter for letter in await _letters(service) if letter.number == number]
    if not found:
        raise Refused(f"{service} has no dead letter {number}: see `gcm dead-letters list {service} --all`.")
    return found[0]


@group.command()
def retry(service: One, number: Number, *, json: Json = False) -> None:
    """Run one of them again, also if it was dealt with before."""
    asyncio.run(_letter(service, number))
    _replay(service, as_json=json, number=number)


@group.command()
def discard(
    service: One,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why it need not be handled; kept with it.")],
    *,
    json: Json = False,
) -> None:
    """Let one of them wait no longer. It stays in the topic, and `list --all` and `show` say why."""
    asyncio.run(_discard(service, number, reason))
    if json:
        show_json({"number": number, "became": "discarded"})
    else:
        say(f"Dead letter {number} of {service} is discarded; `gcm dead-letters list {service} --all` still shows it.")


async def _discard(service: Service, number: int, reason: str) -> None:
    from shared.messaging.replay import discard

    letter = await _letter(service, number)
    if letter.settled:
        raise Refused(f"Dead letter {number} was dealt with already: {letter.settled.outcome}.")
    async with opened(service) as place:
        await discard(place.bootstrap, service, letter, reason)


def replay(
    service: One,
    limit: Annotated[int | None, typer.Option(help="At most so many letters.", min=1)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show which.")] = False,
    event: Annotated[UUID | None, typer.Option("--id", help="Only this event, also if it was replayed before.")] = None,
    *,
    json: Json = False,
) -> None:
    """Run all dead letters of a service that wait again, after their cause was mended.

    Effects happen if they have not; projections change only if nothing newer came. What fails again is kept again.
    """
    _replay(service, as_json=json, limit=limit, dry=dry_run, only=event)


def _replay(service: Service, *, as_json: bool, **which: Any) -> None:
    """Each is told of as soon as it is done: what fails in the middle leaves nothing untold."""
    became = asyncio.run(_run(service, None if as_json else _tell, which))
    if as_json:
        show_json([_facts(letter) | {"became": outcome} for letter, outcome in became])
    else:
        say(f"{len(became)} dead letters" if became else "There are no dead letters to replay.")


def _tell(letter: "Letter", outcome: str) -> None:
    say(f"{letter.number}  {letter.event_id}  {letter.type or '(no type)'}  {letter.consumer}: {outcome}")
    say(f"    was: {letter.reason}")


async def _run(
    service: Service, tell: "Callable[[Letter, str], None] | None", which: dict[str, Any]
) -> "list[tuple[Letter, str]]":
    from shared.messaging.replay import Replay

    became = []
    async with opened(service) as place:
        handled = Replay(service, place.bootstrap, place.handlers.SUBSCRIPTIONS, place.database, place.clock)
        async for letter, outcome in handled.run(**which):
            became.append((letter, outcome))
            if tell:
                tell(letter, outcome)
    return became
