"""Why an offer fits a request, in words; and places as people know them. Pure."""

from datetime import date

from babel.lists import format_list

from services.portal.choices import Options
from services.portal.language import Language
from services.portal.words import WORDS
from shared.client.models.offers import SuggestionReason
from shared.reference import catalogue
from shared.reference.regions import regions, sub_regions


def place(language: Language, code: str) -> str:
    """A State, a region or a group."""
    return language.word("region", code) if code in WORDS["region"] else language.label(code)


def places(language: Language) -> tuple[Options, Options]:
    """What the form of an offer shows at once, and what it shows to who wants it more exactly."""
    first = [*regions(), *catalogue.GROUPS]
    return [(code, place(language, code)) for code in first], [
        (code, place(language, code)) for code in (*sub_regions(), *catalogue.REGIONAL_GROUPS) if code not in first
    ]


def reason(language: Language, found: SuggestionReason) -> str:
    """One sentence; a code that this page does not know yet stands for itself."""
    says = language.word("fit_reason", found.code)
    return says.format(**_values(language, found)) if says != found.code else found.code


def _values(language: Language, found: SuggestionReason) -> dict[str, str]:
    match found.code, found.values:
        case "pledge_alike", [title, percent, *_]:
            return {"title": title, "percent": percent}
        case "validity_until", [day, *_]:
            return {"day": language.day(date.fromisoformat(day))}
        case "capacity_left", [left, of, *_]:
            return {"left": left, "of": of}
    words = [_word(language, found.criterion, value) for value in found.values]
    return {"values": format_list(words, locale=language.locale), "text": "; ".join(word for word in words if word)}


def _word(language: Language, criterion: str, value: str) -> str:
    match criterion:
        case "objectives":
            return language.label(value)
        case "region":
            return place(language, value)
        case "type":
            return language.word("help", value)
        case "language":
            return str(language.locale.languages.get(value.partition("-")[0], value))
    return value
