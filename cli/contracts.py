"""Generated contracts in docs/contracts: `python -m cli.contracts` writes them, `--check` fails where they differ.

JSON Schemas and an example per event version, AsyncAPI 3 for the topics, OpenAPI 3.1 and the rule of every route per
service. A change that would break a reader of the merged events is refused: it needs a new major version.
"""

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from cli.asyncapi import asyncapi
from cli.compatibility import incompatible
from cli.merged import Unreadable, merged
from shared.events.examples import EXAMPLES
from shared.events.registry import TYPES, EventType
from shared.web.auth import Guarded, guarded

ROOT = Path(__file__).resolve().parent.parent / "docs" / "contracts"
SERVICES = ("pledges", "network_support", "notifications")


def main() -> int:
    """Exit status 1 with one line a fault; nothing is written when a reader would break."""
    check, made = "--check" in sys.argv, contracts()
    try:
        before = merged(ROOT)
    except Unreadable as error:
        print(f"The contracts cannot be compared with what was merged: {error}.", file=sys.stderr)
        return 1
    print(f"The contracts are compared with {before.says}.")
    faults = breaks(before.files, made) or [fault for name in made for fault in _settle(name, made[name], check=check)]
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def _settle(name: str, text: str, *, check: bool) -> list[str]:
    file = ROOT / name
    if file.exists() and file.read_text() == text:
        return []
    if check:
        return [f"{file.relative_to(ROOT.parent.parent)} is out of date: run `python -m cli.contracts` and commit it"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return []


def breaks(merged: Mapping[str, str], made: Mapping[str, str]) -> list[str]:
    """What readers of the merged contracts would trip over, one line each. Both by path below docs/contracts."""
    lines = []
    for name, text in merged.items():
        if name.startswith("schemas/"):
            found = incompatible(json.loads(text), json.loads(made[name])) if name in made else ["it is gone"]
            lines += [f"{Path(name).stem}: {fault}" for fault in found]
    topics = [_topics(files.get("asyncapi.yaml", "")) for files in (merged, made)]
    lines += [f"{type_}: it was on {topic}, and is not" for type_, topic in sorted(topics[0] - topics[1])]
    return [f"{line}. Its readers would break; leave it as it was and add a new major version" for line in lines]


def _topics(asyncapi: str) -> set[tuple[str, str]]:
    channels: dict[str, Any] = (yaml.safe_load(asyncapi) or {}).get("channels", {})
    return {(type_, topic) for topic, channel in channels.items() for type_ in channel["messages"]}


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
