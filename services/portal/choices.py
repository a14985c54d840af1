"""What can be chosen in forms: codes with their words, in the order of the reference data. Pure."""

from collections.abc import Mapping, Sequence
from unicodedata import normalize

from services.portal.language import Language
from shared.client.models.reviews import Cycle
from shared.reference import catalogue
from shared.reference.entries import Entry

OF_THE_UN = ("ar", "zh", "en", "fr", "ru", "es")
Options = list[tuple[str, str]]


class Choices:
    """In one language."""

    def __init__(self, language: Language, cycles: Sequence[Cycle] = ()) -> None:
        self._language = language
        self._cycles = cycles

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

    def cycles(self) -> Options:
        """Those of the calendar, also such as staff have added."""
        return [(one.code, one.names.get(self._language.code) or one.names["en"]) for one in self._cycles]

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
