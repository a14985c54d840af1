"""What a record says: CloudEvents attributes from its headers, data by its type's contract."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.errors import Permanent
from shared.events.envelope import Event
from shared.events.registry import HEARTBEAT, TYPES, EventType, read
from shared.messaging.kafka import Record

_VERSIONED = re.compile(r"(?P<name>.+)\.v(?P<major>[0-9]+)")


class UnknownMajor(Exception):
    """A later program understands the record: it must wait where it is, and be neither dropped nor dead-lettered."""


def key_of(record: Record) -> str:
    """Raises Permanent."""
    try:
        return (record.key or b"").decode()
    except UnicodeDecodeError as error:
        raise Permanent("the key is not UTF-8") from error


def type_of(record: Record) -> EventType | None:
    """The record's declared type; None for a heartbeat. Raises Permanent and UnknownMajor."""
    name = _text(dict(record.headers), "ce_type")
    if name == HEARTBEAT:
        return None
    if declared := TYPES.get(name):
        return declared
    if _other_major(name):
        raise UnknownMajor(name)
    raise Permanent(f"unknown event type {name}")


def _other_major(name: str) -> bool:
    asked = _VERSIONED.fullmatch(name)
    known = (_VERSIONED.fullmatch(each) for each in (*TYPES, HEARTBEAT))
    return bool(asked) and any(each and asked and each["name"] == asked["name"] for each in known)


def event_of(record: Record, declared: EventType) -> Event[Any]:
    """Raises Permanent when headers are missing or the data breaks its contract."""
    headers = dict(record.headers)
    try:
        return Event(
            id=UUID(_text(headers, "ce_id")),
            type=declared.name,
            source=_text(headers, "ce_source"),
            key=key_of(record),
            time=_time(_text(headers, "ce_time")),
            data=read(declared, record.value or b""),
            traceparent=_text(headers, "traceparent") if "traceparent" in headers else None,
        )
    except ValidationError as error:
        raise Permanent(f"{declared.name} breaks its contract: {_summary(error)}") from error
    except ValueError as error:
        raise Permanent(f"a header of {declared.name} cannot be read: {error}") from error


def _text(headers: dict[str, bytes], name: str) -> str:
    try:
        return headers[name].decode()
    except KeyError:
        raise Permanent(f"the header {name} is missing") from None
    except UnicodeDecodeError as error:
        raise Permanent(f"the header {name} is not UTF-8") from error


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("ce_time has no time zone")
    return time


def _summary(error: ValidationError) -> str:
    """Which fields are at fault, without what they contain: reasons are read by people who may not see every text."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'data'}: {each['msg']}" for each in problems[:5])
