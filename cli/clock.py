"""gcm clock: the business time of a local stack."""

from pathlib import Path
from typing import Annotated

import typer

from cli.stack import local_stack

clock = typer.Typer(
    help="The business time of the local stack: milestones, reminders, dates shown.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(clock, name="clock")


def _file() -> Path:
    return Path(local_stack()["clock_file"])


@clock.command()
def show() -> None:
    """Print business time, and by how much it is moved."""
    from deploy.local.business_time import shown

    print(shown(_file()))


@clock.command("set")
def set_(
    when: Annotated[str, typer.Argument(help="2024-11-05 (21:00 UTC of that day) or 2024-11-05T09:00:00Z")],
) -> None:
    """Move business time for all processes of the stack; it ticks on from there."""
    from deploy.local.business_time import parse, set_clock, shown

    file = _file()
    set_clock(file, parse(when))
    print(shown(file))


@clock.command()
def real() -> None:
    """Business time is today's again."""
    from deploy.local.business_time import set_real, shown

    file = _file()
    set_real(file)
    print(shown(file))
