"""What can be chosen in forms: codes with their words, in the order of the reference data. Pure."""

from collections.abc import Mapping
from unicodedata import normalize

from services.portal.language import Language
from shared.reference import catalogue
from shared.reference.entries import Entry

OF_THE_UN = ("ar", "zh", "en", "fr", "ru", "es")
Options = list[tuple[str, str]]


class Choices:
    """In one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def _of(self, entries: Mapping[str, Entry]) -> Options:
        return [(code, entry.label(self._language.code)) for code, entry in entries.items()]

    def objectives(self) -> Options:
        return [
            (code, f"{entry.number}. {entry.label(self._language.code)}")
            for code, entry in catalogue.OBJECTIVES.items()
        ]

    def kinds(self) -> Options:
        return self._of(catalogue.PLEDGE_KINDS)

    def principles(self) -> Options:
        return self._of(catalogue.PRINCIPLES)

    def forms(self) -> Options:
        return self._of(catalogue.FORMS)

    def dimensions(self) -> Options:
        return self._of(catalogue.DISAGGREGATION)

    def frameworks(self) -> Options:
        return self._of(catalogue.FRAMEWORKS)

    def states(self) -> Options:
        """By name; a letter with a mark stands at the letter."""
        return sorted(self._of(catalogue.STATES), key=lambda one: normalize("NFKD", one[1].casefold()))

    def commitments(self) -> list[tuple[int, Options]]:
        """By ¶."""
        by_paragraph: dict[int, Options] = {}
        for code, entry in catalogue.COMMITMENTS.items():
            by_paragraph.setdefault(entry.paragraph, []).append((code, entry.label(self._language.code)))
        return list(by_paragraph.items())

    def cycles(self, chosen: str = "") -> Options:
        """Those of the reference data; also one that staff have added, if it is chosen: it stays what it is."""
        found = self._of(catalogue.CYCLES)
        return found if not chosen or chosen in catalogue.CYCLES else [*found, (chosen, chosen)]

    def statuses(self) -> Options:
        return self._of(catalogue.STATUSES)

    def barriers(self) -> Options:
        return self._of(catalogue.BARRIERS)

    def tongues(self, chosen: str = "") -> Options:
        """Those of the United Nations, then all others by name; also one that has no name here, if it is chosen."""
        names = self._language.locale.languages
        others = sorted((str(name), tag) for tag, name in names.items() if len(tag) == 2 and tag not in OF_THE_UN)
        found = [(tag, str(names.get(tag, tag))) for tag in OF_THE_UN] + [(tag, name) for name, tag in others]
        return found if not chosen or chosen in dict(found) else [*found, (chosen, chosen)]
