"""`gcm`: the command line. A module a group of commands; the heavy is imported where it is needed."""

import os
import sys
import threading
from collections.abc import Callable

import typer

from cli import (
    clock,
    clocks,
    containers,
    data,
    dead_letters,
    demo,
    events,
    exchange,
    login,
    pledge,
    profiles,
    rehearse,
    stack,
    statistics,
    status,
)
from cli.problems import SAYS, Status, told

app = typer.Typer(
    name="gcm",
    help="Pledges under the Global Compact for Migration: submit and report, operate, and run it all on this machine.",
    epilog="Exit statuses: " + "; ".join(f"{number.value} {says}" for number, says in SAYS.items()) + ".",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
GROUPS = (
    stack,
    demo,
    login,
    profiles,
    pledge,
    exchange,
    status,
    clock,
    rehearse,
    data,
    containers,
    events,
    statistics,
    clocks,
    dead_letters,
)
for group in GROUPS:
    group.register(app)


def main() -> None:
    spoken(app)


def spoken(command: Callable[[], object]) -> None:
    """What cannot be done is said in a sentence on standard error, with an exit status of its own."""
    status = _status(command)
    if threading.active_count() > 1:
        os._exit(status)  # a download that was cut off goes on in its thread, and Python would wait for it
    sys.exit(status)


def _status(command: Callable[[], object]) -> int:
    try:
        command()
        sys.stdout.flush()
    except SystemExit as end:
        return _after(end)
    except BrokenPipeError:
        _give_up_output()  # who read us has seen enough
        return Status.FINE
    except Exception as error:
        known = told(error, as_json="--json" in sys.argv)
        if known is None:
            raise
        _give_up_output()
        return known
    return Status.FINE


def _after(end: SystemExit) -> int:
    """What typer ends with, after all that was said is out."""
    if isinstance(end.code, str):
        print(end.code, file=sys.stderr)
    status = end.code if isinstance(end.code, int) else int(end.code is not None)
    return _status(lambda: None) or status


def _give_up_output() -> None:
    """What could not be written must not be tried again when Python ends, with a trace and a status of its own."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device, whose descriptor takes the place of our output
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    main()
