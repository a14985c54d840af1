"""Generated contracts in docs/contracts: `python -m cli.contracts` writes them, `--check` fails where they differ.

JSON Schemas and an example per event version, AsyncAPI 3 for the topics, OpenAPI 3.1 and the rule of every route per
service. A change that would break a reader of today's events is refused: it needs a new major version.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from shared.events.examples import EXAMPLES
from shared.events.registry import PUBLIC_TOPICS, TYPES, EventType
from shared.web.auth import Guarded, guarded

ROOT = Path(__file__).resolve().parent.parent / "docs" / "contracts"
SERVICES = ("pledges", "network_support", "notifications")


def main() -> int:
    """Exit status 1 with one line a difference."""
    check = "--check" in sys.argv
    faults = [fault for file, text in contracts().items() for fault in _settle(ROOT / file, text, check=check)]
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def _settle(file: Path, text: str, *, check: bool) -> list[str]:
    old = file.read_text() if file.exists() else None
    if old == text:
        return []
    if check:
        return [f"{file.relative_to(ROOT.parent.parent)} is out of date: run `python -m cli.contracts` and commit it"]
    if old and file.parent.name == "schemas" and (broken := incompatible(json.loads(old), json.loads(text))):
        return [f"{file.name} would break its readers ({why}): add a new major version instead" for why in broken]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return []


def contracts() -> dict[str, str]:
    """Every generated file, by its path below docs/contracts."""
    files = {f"schemas/{event.name}.json": _json(schema(event)) for event in TYPES.values()}
    files |= {f"examples/{name}.json": _json(data.model_dump(mode="json")) for name, data in EXAMPLES.items()}
    files["asyncapi.yaml"] = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120)
    apps = {name: app_of(name) for name in SERVICES}
    files |= {f"openapi/{name}.json": _json(app.openapi()) for name, app in apps.items()}
    files["routes.md"] = routes(apps)
    return files


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def schema(event: EventType) -> dict[str, Any]:
    """The JSON Schema that readers may rely on: they ignore unknown fields, so it allows them."""
    made = event.data.model_json_schema(mode="serialization")
    for part in (made, *made.get("$defs", {}).values()):
        part.pop("additionalProperties", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": event.name, **made}


def incompatible(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a reader of the old schema would trip over in data of the new one, in words."""
    was, now = dict(_properties(old)), dict(_properties(new))
    gone = [f"{name} is gone" for name in was if name not in now]
    changed = [f"{name} has another type" for name, kind in was.items() if name in now and now[name] != kind]
    return gone + changed


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for place, part in (("", schema), *schema.get("$defs", {}).items()):
        required = set(part.get("required", ()))
        for name, value in part.get("properties", {}).items():
            kind = {k: v for k, v in value.items() if k in {"type", "format", "$ref", "anyOf", "items"}}
            yield f"{place}.{name}".lstrip("."), json.dumps([kind, name in required], sort_keys=True)


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: channels are topics, messages are event types, operations are what an outside reader does."""
    channels: dict[str, Any] = {}
    for event in TYPES.values():
        channel = channels.setdefault(event.topic, _channel(event.topic))
        channel["messages"][event.name] = {"$ref": f"#/components/messages/{event.name}"}
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
        "components": {"messages": {event.name: _message(event) for event in TYPES.values()}},
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
        "traceparent": {"type": "string"},
    },
}


def app_of(service: str) -> FastAPI:
    """A service's application without its parts: good for its routes, not for requests."""
    app: FastAPI = importlib.import_module(f"services.{service}.app").create_app(None)
    return app


def routes(apps: dict[str, FastAPI]) -> str:
    """Who may call what, as a table. What an allowed caller may then see or change is decided per entity."""
    lines = ["# Routes and their rules", "", "Generated from the applications.", ""]
    for service, app in apps.items():
        lines += [f"## {service}", "", "| method | path | who may call it |", "|---|---|---|"]
        lines += sorted(_row(route) for route in guarded(app))
        lines.append("")
    return "\n".join(lines)


def _row(route: Guarded) -> str:
    return (
        f"| {', '.join(sorted(route.methods))} | `{route.path}` | {route.rule.says if route.rule else '**no rule**'} |"
    )


if __name__ == "__main__":
    sys.exit(main())
