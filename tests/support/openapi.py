"""The examples that a service's OpenAPI document gives, ready to be sent."""

from typing import Any


def example(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The first example of an operation's JSON body; {} for one without a body."""
    operation = document["paths"][path][method.lower()]
    contents = operation.get("requestBody", {}).get("content", {})
    content = next((says for kind, says in contents.items() if kind.endswith("json")), None)
    if content is None:
        return {}
    found: dict[str, Any] = _example(document, content)
    return found


def takes_body(document: dict[str, Any], method: str, path: str) -> bool:
    return "requestBody" in document["paths"][path][method.lower()]


def _example(document: dict[str, Any], part: dict[str, Any]) -> Any:
    if "$ref" in part:
        return _example(document, document["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    if "examples" in part:
        examples = part["examples"]
        return next(iter(examples.values()))["value"] if isinstance(examples, dict) else examples[0]
    if "example" in part:
        return part["example"]
    if "schema" in part:
        return _example(document, part["schema"])
    if "properties" in part:
        return {name: _example(document, part["properties"][name]) for name in part.get("required", ())}
    raise LookupError(f"no example for {part.get('title', part)}")
