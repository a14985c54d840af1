"""What the APIs refused, as faults of the fields of our forms."""

from collections.abc import Callable, Collection
from uuid import uuid4

from services.portal.phrases import Words
from shared.client import ProblemError

KEY, SEEN = "key", "seen"  # fields of forms: the Idempotency-Key, and the ETag of what the form was filled from
WHOLE_FORM = "form"


def new_key() -> str:
    """For a form: sent twice, it is done once."""
    return str(uuid4())


def faults(error: ProblemError, place: Callable[[str], str], words: Words, *, naming: bool = False) -> dict[str, str]:
    """A sentence for each field at fault, by the form's field. `naming`: it begins with what people call the field."""
    if any(one.field == "Idempotency-Key" for one in error.errors):
        return {WHOLE_FORM: words.sent_before()}
    if not error.errors:
        return {WHOLE_FORM: str(error)}
    found: dict[str, list[str]] = {}
    for one in error.errors:
        at = place(one.field)
        name = words.field(at) if naming and at != WHOLE_FORM else ""
        found.setdefault(at, []).append(sentence(name, one.problem, one.remedy))
    return {at: " ".join(said) for at, said in found.items()}


def among(fields: Collection[str]) -> Callable[[str], str]:
    """The place of a fault in a form whose fields are named as in the API; of any other fault, the whole form."""
    return lambda path: path if path in fields else WHOLE_FORM


def sentence(name: str, problem: str, remedy: str) -> str:
    """ "Partners: name who pledges with you." """
    said = remedy if problem.startswith("is needed") else f"{problem}; {remedy}" if remedy else problem
    return f"{name}: {said}" if name else said
