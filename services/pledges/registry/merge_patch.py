"""JSON Merge Patch (RFC 7396): the members that are named change, null removes one. No I/O."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.pledges.registry.content import Content
from shared.errors import FieldProblem, Invalid
from shared.web.problem import invalid

MEDIA_TYPE = "application/merge-patch+json"
DEEPEST = 10  # levels of a patch; a pledge has three


def patched(patch: Mapping[str, Any], content: Content) -> Content:
    """The content after a patch. Raises Invalid for what it does not take, naming the fields."""
    try:
        return Content.model_validate(merged(content.model_dump(mode="json"), patch))
    except ValidationError as error:
        raise invalid(error.errors()) from None


def merged(document: Any, patch: Any, level: int = 0) -> Any:
    """The document after the patch; neither is changed. Raises Invalid for a patch nested deeper than any pledge."""
    if not isinstance(patch, Mapping):
        return patch
    if level == DEEPEST:
        raise Invalid("The patch is nested deeper than any pledge.", [FieldProblem("body", "is nested", "flatten it")])
    done = dict(document) if isinstance(document, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            done.pop(name, None)
        else:
            done[name] = merged(done.get(name), value, level + 1)
    return done
