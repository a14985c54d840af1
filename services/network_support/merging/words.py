"""What the reasons say, in English. Pure; pages have the codes, and words of their own."""

from services.network_support.merging.likeness import Why

_SAYS = {
    "same_entity": "The same entity asks.",
    "same_pledge": "It is for the same pledge.",
    "same_type": "It asks for the same kind of help.",
    "same_text": "The text is the same.",
    "similar_text": "The texts are {percent} % alike.",
    "other_language": "It is in another language ({language}), so the texts cannot be compared.",
}


def says(why: Why) -> str:
    return _SAYS[why.code].format(**why.parameters)
