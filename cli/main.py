"""`gcm`: the command line. A module a group of commands; the heavy is imported where it is needed."""

import sys
from collections.abc import Callable

import typer

from cli import clock, data, events, stack
from deploy.local.refusal import explained

app = typer.Typer(
    name="gcm",
    help="Pledges under the Global Compact for Migration: the local stack, its clock, operation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
stack.register(app)
clock.register(app)
data.register(app)
events.register(app)


def main() -> None:
    spoken(app)


def spoken(command: Callable[[], object]) -> None:
    """What cannot be done is said in one sentence on standard error, with exit status 1."""
    try:
        command()
    except Exception as error:
        refused = explained(error)
        if refused is None:
            raise
        print(refused, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
