"""The topics and their messages as an AsyncAPI 3.0 document, for readers outside."""

from typing import Any

from shared.events.common import Heartbeat
from shared.events.registry import HEARTBEAT, HEARTBEAT_KEY, PUBLIC_TOPICS, TYPES, EventType


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: channels are topics, messages are event types, operations are what an outside reader does."""
    channels: dict[str, Any] = {}
    for event in TYPES.values():
        channel = channels.setdefault(event.topic, _channel(event.topic))
        channel["messages"][event.name] = {"$ref": f"#/components/messages/{event.name}"}
    for topic in PUBLIC_TOPICS:
        channels[topic]["messages"][HEARTBEAT] = {"$ref": f"#/components/messages/{HEARTBEAT}"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pledges under the Global Compact for Migration",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode; the key is the aggregate's id. Public topics are compacted:"
            " every record is the whole public snapshot, and a tombstone erases. They carry no personal data.",
        },
        "channels": channels,
        "operations": {
            f"read-{topic}": {"action": "receive", "channel": {"$ref": f"#/channels/{topic}"}}
            for topic in PUBLIC_TOPICS
        },
        "components": {
            "messages": {**{event.name: _message(event) for event in TYPES.values()}, HEARTBEAT: _heartbeat()}
        },
    }


def _channel(topic: str) -> dict[str, Any]:
    audience = "Public." if topic in PUBLIC_TOPICS else "Internal: ids and states only."
    return {"address": topic, "description": audience, "messages": {}}


def _message(event: EventType) -> dict[str, Any]:
    return {
        "name": event.name,
        "summary": event.says,
        "contentType": "application/json",
        "headers": _HEADERS,
        "payload": {"$ref": f"./schemas/{event.name}.json"},
    }


def _heartbeat() -> dict[str, Any]:
    payload = Heartbeat.model_json_schema()
    del payload["additionalProperties"]
    return {
        "name": HEARTBEAT,
        "summary": "Written daily to every partition; it is about nothing, and readers pass it over",
        "description": payload.pop("description"),
        "contentType": "application/json",
        "headers": _HEADERS,
        "bindings": {"kafka": {"key": {"type": "string", "const": HEARTBEAT_KEY}, "bindingVersion": "0.5.0"}},
        "payload": payload,
    }


_HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": {"type": "string"},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"type": "string"},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string"},
    },
}
