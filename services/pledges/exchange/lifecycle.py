"""The life of an import: `uploading → checking → checked → importing → done`. No I/O."""

from typing import Literal

from services.pledges.exchange.files import Format
from shared.errors import Conflict, FieldProblem, Invalid

State = Literal["uploading", "checking", "checked", "importing", "done", "unreadable", "cancelled"]
Act = Literal["upload", "check", "run", "cancel"]

PART = 900_000  # bytes of a part; a request may have some more
WORKING: tuple[State, ...] = ("checking", "importing")
LEASE = 60.0  # seconds for which a process has the work without a sign of life
KEPT = 30  # days for which files and rows of an import that nobody works on are kept

_NEXT: dict[Act, dict[State, State]] = {
    "upload": {"uploading": "uploading"},
    "check": {"uploading": "checking", "checked": "checking", "unreadable": "checking"},
    "run": {"checked": "importing"},
    "cancel": {
        "uploading": "cancelled",
        "checking": "cancelled",
        "checked": "cancelled",
        "importing": "cancelled",
        "unreadable": "cancelled",
    },
}
_REMEDY: dict[State, str] = {
    "uploading": "Its file is still being sent: send all parts, then have it checked.",
    "checking": "It is being checked: wait until that is done.",
    "checked": "It was checked: run it, or cancel it.",
    "importing": "It is at work: wait, or cancel it.",
    "done": "It is done: begin a new one.",
    "unreadable": "Its file cannot be read: mend the file and begin a new one, or check it with another encoding.",
    "cancelled": "It was cancelled: begin a new one.",
}


def follows(act: Act, state: State) -> State:
    """The state after the act. Raises Conflict, saying what to do instead."""
    try:
        return _NEXT[act][state]
    except KeyError:
        raise Conflict(_REMEDY[state]) from None


def parts(size: int) -> int:
    """How many parts a file of so many bytes has."""
    return -(-size // PART)


def require_part(number: int, length: int, size: int) -> None:
    """Raises Invalid unless a file of `size` bytes has a part of this number and length."""
    last = parts(size)
    wanted = PART if number < last else size - PART * (last - 1)
    if number > last or length != wanted:
        remedy = f"send parts 1 to {last}, of {PART:,} bytes each, the last one shorter"
        raise Invalid("This is no part of the file.", [FieldProblem("number", "does not fit", remedy)])


def require_whole(received: int, size: int) -> None:
    """Raises Conflict while parts are missing."""
    if received != size:
        raise Conflict(f"{size - received:,} of {size:,} bytes are missing; send all parts first.")


def format_of(name: str) -> Format:
    """By the name alone; what the file really is, its reading shows."""
    match name.rpartition(".")[2].casefold():
        case "csv":
            return "csv"
        case "json":
            return "json"
    return "xlsx"
