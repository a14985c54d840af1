"""Where the local stack of this clone is and what its stack.json says: all that others need to know of it."""

import json
import os
from pathlib import Path
from typing import Any

from shared.refusal import Refused

ROOT = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """GCM_LOCAL_DIR, otherwise .local in the clone."""
    return Path(os.environ.get("GCM_LOCAL_DIR") or ROOT / ".local").absolute()


def stack() -> dict[str, Any]:
    """What stack.json says; empty before the first start. Raises Refused when it is damaged."""
    return read(folder() / "stack.json")


def running() -> dict[str, Any]:
    """stack.json of the stack that runs here. Raises Refused when none does, or in production."""
    if os.environ.get("GCM_ENVIRONMENT") == "production":
        raise Refused("This is for local stacks only, and GCM_ENVIRONMENT says production.")
    said = stack()
    if not runs(said):
        raise Refused("No local stack runs here: start one with `make up`.")
    return said


def runs(said: dict[str, Any]) -> bool:
    return said.get("status") in ("starting", "running") and "addresses" in said


def read(file: Path) -> dict[str, Any]:
    """A JSON file of the stack; empty when it is not there."""
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Refused(f"{file} is damaged: remove it, or start over with `make up FRESH=1`.") from error
    return content
