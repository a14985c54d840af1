"""What the reasons say: their sentences stand with those of the advice, in the six languages. Pure."""

from collections.abc import Iterator

from services.pledges.advice.findings import Tongue, Value
from services.pledges.advice.messages import say
from services.pledges.duplicates.likeness import Why


def says(why: Why, language: str) -> str:
    """One sentence, or two."""
    return " ".join(_sentences(why, language))


def _sentences(why: Why, language: str) -> Iterator[str]:
    values = {name: _value(name, value) for name, value in why.parameters.items()}
    yield say(f"duplicates.{why.code}", values, language)
    if why.code != "other_language" and "language" in values:
        yield say("duplicates.in_language", values, language)


def _value(name: str, value: object) -> Value:
    if isinstance(value, list):
        return tuple(str(one).removeprefix("objective-") for one in value)
    if name == "language":
        return Tongue(str(value))
    return value if isinstance(value, int) else str(value)
