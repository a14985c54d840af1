"""What went wrong, in a sentence, and the exit status that goes with it."""

import json
import sys
from enum import IntEnum
from typing import TYPE_CHECKING

from cli.output import printable
from shared.refusal import Refused, explained

if TYPE_CHECKING:
    from shared.client import ProblemError


class Status(IntEnum):
    """Exit statuses, for scripts."""

    FINE = 0
    REFUSED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    AWAY = 4
    INTERRUPTED = 130


SAYS = {
    Status.FINE: "done; or, of `gcm status`, all is well",
    Status.REFUSED: "refused or failed, with the reason on standard error",
    Status.USAGE: "the command was not understood",
    Status.NOT_SIGNED_IN: "sign in first: `gcm login`",
    Status.AWAY: "nobody answered: no network, or a service that is down; try again later",
    Status.INTERRUPTED: "interrupted by Ctrl-C",
}


class NotSignedIn(Refused):
    """No login, or one that has expired."""


class Away(Refused):
    """Nobody answered."""


def told(error: BaseException, *, as_json: bool) -> int | None:
    """Says it on standard error and returns the exit status; None for a mistake of ours, which deserves its trace."""
    if problem := _of_api(error):
        print(_document(problem) if as_json else _sentences(problem), file=sys.stderr)
        return _status(problem)
    if refused := explained(error) or _without_stack(error):
        print(json.dumps({"detail": str(refused)}) if as_json else printable(refused), file=sys.stderr)
        return _own_status(refused)
    return None


def _without_stack(error: BaseException) -> Refused | None:
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("deploy.local"):
        return Refused("The local stack is no part of this installation: in a clone of the project, `make up` runs it.")
    return None


def _of_api(error: BaseException) -> "ProblemError | None":
    client = sys.modules.get("shared.client")  # a command that did not load it raises none of its errors
    return error if client and isinstance(error, client.ProblemError) else None


def _own_status(refused: Refused) -> Status:
    if isinstance(refused, NotSignedIn):
        return Status.NOT_SIGNED_IN
    return Status.AWAY if isinstance(refused, Away) else Status.REFUSED


def _status(problem: "ProblemError") -> Status:
    from shared import client

    if isinstance(problem, client.NotSignedIn):
        return Status.NOT_SIGNED_IN
    return Status.AWAY if isinstance(problem, client.Away) else Status.REFUSED


def _sentences(problem: "ProblemError") -> str:
    """The sentence, then a line a field: what is wrong, and what to do about it."""
    lines = [problem.detail or problem.title]
    lines += [
        f"  {fault.field}: {fault.problem}" + (f" → {fault.remedy}" if fault.remedy else "") for fault in problem.errors
    ]
    if _status(problem) == Status.NOT_SIGNED_IN:
        lines.append("Sign in with `gcm login`; on a local stack, `--as PERSONA` does without.")
    return "\n".join(printable(line) for line in lines)


def _document(problem: "ProblemError") -> str:
    errors = [vars(fault) for fault in problem.errors]
    said = {name: getattr(problem, name) for name in ("type", "title", "status", "detail")}
    return json.dumps(said | {"errors": errors}, ensure_ascii=False)
