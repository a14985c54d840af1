"""What people write in files, as fields of the API."""

import json as json_text
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.refusal import Refused

File = Annotated[Path | None, typer.Argument(metavar="FILE", help="JSON or YAML; - reads standard input.")]
TEMPLATE = Path(__file__).parent / "template.yaml"


def content(file: Path | None) -> dict[str, Any]:
    """What a file holds; nothing without a file. Raises Refused when it cannot be read or is no mapping."""
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        found = json_text.loads(text) if text.lstrip().startswith("{") else _flagged(_yaml(text))
    except (OSError, ValueError) as error:
        raise Refused(f"{file} cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(found, dict):
        raise Refused(f"{file} holds no fields: write them as in the example at /docs of the pledges service.")
    return found


def _yaml(text: str) -> Any:
    """All values as texts: a date may be as short as a year, and a number is exact."""
    import yaml

    try:
        return _nothing(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - makes texts, lists and mappings only
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _flagged(found: Any) -> Any:
    """With true or false where the one field is that takes nothing else; a title may be "true"."""
    if isinstance(found, dict) and found.get("submit") in ("true", "false"):
        return found | {"submit": found["submit"] == "true"}
    return found


def _nothing(value: Any) -> Any:
    """With null where YAML says so."""
    if isinstance(value, dict):
        return {name: _nothing(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_nothing(one) for one in value]
    return None if value in ("null", "~") else value


def as_asked(model: Any, fields: dict[str, Any]) -> Any:
    """As the API wants it; what only the service knows, it says itself. Raises Refused, a line a field."""
    from pydantic import ValidationError

    try:
        return model.model_validate(fields)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise Refused("\n".join(["Some fields need a change; nothing was sent.", *lines])) from error


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Those that were used."""
    return {name: value for name, value in options.items() if value}
