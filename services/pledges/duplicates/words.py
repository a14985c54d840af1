"""What the reasons say in English. Pure."""

from services.pledges.duplicates.likeness import Why

_SAYS = {
    "same_external_id": "Both are called {id} in {system}.",
    "same_title": "The titles are the same.",
    "similar_title": "The titles are alike ({percent} %).",
    "same_text": "The texts are the same.",
    "similar_text": "The texts are alike ({percent} %).",
    "other_language": "It is written in another language ({language}), perhaps as a translation.",
    "same_numbers": "The same numbers are in both: {values}.",
    "same_entity": "It is of the same entity.",
    "partner_entity": "It is of a partner: {entity}.",
    "shared_objectives": "Both serve {values}.",
    "same_period": "Both have the same period: {start} to {end}.",
    "other_period": "Its period is another one: {start} to {end}. It may be a later or earlier edition.",
    "merged_here": "A pledge that was merged into it is alike: {pledge}.",
}
_OPEN = {"start": "…", "end": "…"}


def says(why: Why) -> str:
    """One sentence, or two."""
    given = {name: _shown(name, value) for name, value in why.parameters.items()}
    sentence = _SAYS[why.code].format(**given)
    by_translation = why.code != "other_language" and "language" in given
    return f"{sentence} Compared was what both have in {given['language']}." if by_translation else sentence


def _shown(name: str, value: object) -> str:
    if value is None:
        return _OPEN[name]
    return ", ".join(value) if isinstance(value, list) else str(value)
