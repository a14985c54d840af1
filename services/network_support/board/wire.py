"""What goes over the wire (https://html.spec.whatwg.org/multipage/server-sent-events.html). Pure."""

import json

from fastapi.sse import format_sse_event

from services.network_support.board.positions import Position
from services.network_support.board.queries import Change

MEDIA_TYPE = "text/event-stream"


def changed(change: Change) -> bytes:
    """A change of a case; of more than can be named, that all must be looked at anew."""
    if change.changed is None:
        return resync(change.position)
    return _event("changed", change.changed.model_dump_json(), change.position)


def begun(position: Position, retry: int) -> bytes:
    """The first event of a connection. `retry`: milliseconds until a browser that loses it comes again."""
    return format_sse_event(event="begun", data_str="{}", id=str(position), retry=retry)


def beat(position: Position) -> bytes:
    """Nothing has happened up to here."""
    return _event("beat", "{}", position)


def resync(position: Position) -> bytes:
    """What happened before is not told: look at everything anew."""
    return _event("resync", "{}", position)


def over(why: str, position: Position) -> bytes:
    """The connection ends; whoever may, comes again."""
    return _event("over", json.dumps({"why": why}), position)


def _event(name: str, data: str, position: Position) -> bytes:
    return format_sse_event(event=name, data_str=data, id=str(position))
