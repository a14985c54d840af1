"""`gcm`: the command line. A module a group of commands; the heavy is imported where it is needed."""

import os
import sys
import threading
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
    status = _status(command)
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(status)  # a download that was cut off goes on in its thread, and Python would wait for it
    sys.exit(status)


def _status(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        refused = explained(error)
        if refused is None:
            raise
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    main()
