"""gcm clock: the business time of a local stack."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json, say, show_json
from deploy import stack_file

clock = typer.Typer(
    help="The business time of the local stack: milestones, reminders, dates shown.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(clock, name="clock")


def _file() -> Path:
    return Path(stack_file.running()["clock_file"])


def _show(file: Path, *, as_json: bool) -> None:
    from deploy.local.business_time import shown
    from shared.clock import Clock

    if as_json:
        show_json({"business": Clock(file).business(), "system": Clock().system()})
    else:
        say(shown(file))


@clock.command()
def show(*, json: Json = False) -> None:
    """Print business time, and by how much it is moved."""
    _show(_file(), as_json=json)


@clock.command("set")
def set_(
    when: Annotated[str, typer.Argument(help="2024-11-05 (21:00 UTC of that day) or 2024-11-05T09:00:00Z")],
    *,
    json: Json = False,
) -> None:
    """Move business time for all processes of the stack; it ticks on from there."""
    from deploy.local.business_time import parse, set_clock

    file = _file()
    set_clock(file, parse(when))
    _show(file, as_json=json)


@clock.command()
def real(*, json: Json = False) -> None:
    """Business time is today's again."""
    from deploy.local.business_time import set_real

    file = _file()
    set_real(file)
    _show(file, as_json=json)
