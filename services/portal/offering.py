"""The form of an offer: what stands in its fields, and what it means. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.portal import entering
from services.portal.choices import OF_THE_UN
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from services.portal.typed import Typed
from shared.client.models.offers import Offer, OfferContent

FIELDS = tuple(OfferContent.model_fields)
LINES = ("kind", "title", "text", "language", "conflicts")
CODES = ("places", "objectives", "types")
MORE_LANGUAGES = "more_languages"
_BETWEEN = re.compile(r"[,;،、，；\n]+")
_TAG = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass
class Meaning:
    """`faults` by field of the form; where there is one, the content is not to be sent."""

    content: OfferContent
    faults: dict[str, str] = field(default_factory=dict)


def place(path: str) -> str:
    """The form's field for a place in the content, as problem documents name it: "languages.1" is of "languages"."""
    name = path.partition(".")[0]
    return name if name in {*FIELDS, "entity_id"} else WHOLE_FORM


def filled(offer: Offer) -> Typed:
    """As the form shows an offer that is saved."""
    return Typed(_fields_of(offer))


def _fields_of(offer: Offer) -> Iterable[tuple[str, str]]:
    yield from ((name, getattr(offer, name)) for name in LINES)
    yield "provider", offer.provider or ""
    yield from ((name, code) for name in CODES for code in getattr(offer, name))
    yield from (("languages", code) for code in offer.languages if code in OF_THE_UN)
    yield MORE_LANGUAGES, ", ".join(code for code in offer.languages if code not in OF_THE_UN)
    for name in ("pledge_id", "valid_from", "valid_until", "capacity"):
        yield name, str(getattr(offer, name) or "")
    yield "conflicts_with", ", ".join(offer.conflicts_with)


def meaning(typed: Typed, language: Language) -> Meaning:
    """The content that the form stands for."""
    _ = language.gettext
    faults: dict[str, str] = {}

    def read(name: str, reader: Any) -> Any:
        try:
            return reader(typed.one(name), language)
        except Unclear as fault:
            faults[name] = str(fault)
            return None

    given: dict[str, Any] = {name: typed.one(name).strip() for name in LINES}
    given |= {name: typed.all(name) for name in CODES}
    given |= {
        "provider": typed.one("provider").strip() or None,
        "languages": [*typed.all("languages"), *(read(MORE_LANGUAGES, _languages) or [])],
        "pledge_id": read("pledge_id", entering.reference),
        "valid_from": read("valid_from", entering.whole_day),
        "valid_until": read("valid_until", entering.whole_day),
        "capacity": read("capacity", _whole),
        "conflicts_with": parted(typed.one("conflicts_with")),
    }
    needed = {
        "kind": _("Choose what it is."),
        "title": _("Give it a title; a few words are enough."),
        "text": _("Say in some sentences what it consists of."),
        "languages": _("Choose at least one language in which the help can be given."),
    }
    faults |= {name: says for name, says in needed.items() if not given[name]}
    if given["kind"] == "pledge" and given["pledge_id"] is None:
        faults.setdefault("pledge_id", _("Copy the address of the pledge’s page into this field."))
    return Meaning(OfferContent.model_construct(**given), faults)


def parted(text: str) -> list[str]:
    """What stands between commas."""
    return [one for part in _BETWEEN.split(text) if (one := " ".join(part.split()))]


def _languages(text: str, language: Language) -> list[str]:
    """By their names in the reader's language, or by their codes. Raises Unclear."""
    by_name = {str(name).casefold(): code for code, name in language.locale.languages.items()}
    found = [by_name.get(one.casefold(), one) for one in parted(text)]
    for code in found:
        if not _TAG.fullmatch(code):
            says = language.gettext("“{text}” is no language that is known here. Write its code, like pt or sw.")
            raise Unclear(says.format(text=code[:40]))
    return found


def _whole(text: str, language: Language) -> int | None:
    found = entering.number(text, language)
    if found is None:
        return None
    if found != int(found) or found < 1:
        says = language.gettext("“{text}” is no number of requests. Write 1 or more, or nothing for no limit.")
        raise Unclear(says.format(text=text.strip()[:40]))
    return int(found)
