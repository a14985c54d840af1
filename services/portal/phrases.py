"""A pledge's fields in words. Pure."""

from collections.abc import Iterable
from typing import Any

from babel.lists import format_list
from pydantic import BaseModel

from services.portal.entering import as_typed
from services.portal.language import Language
from services.portal.marked import N_
from services.portal.words import WORDS
from shared.client.models.duplicates import DuplicateReason
from shared.client.models.pledges import Content, Money, Period, Place, Plan, Target, Translation
from shared.client.models.reports import Update

CODED = {"kind", "objectives", "main_objectives", "principles", "forms", "review_cycle", "frameworks", "sdg_targets"}
ROWS = {
    "places": N_("Place {number}, {part}"),
    "money": N_("Money {number}, {part}"),
    "translations": N_("Translation {number}, {part}"),
    "external_ids": N_("Identifier {number}, {part}"),
    "targets": N_("Target {number}, {part}"),
}


class Words:
    """In one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def field(self, name: str) -> str:
        """Of a field of a pledge, or a place in it: "targets.0.by"."""
        word = self._language.word
        match name.split("."):
            case [of, place, part] if of in ROWS and place.isdecimal():
                says = self._language.gettext(ROWS[of])
                return says.format(number=int(place) + 1, part=word("part", part))
            case ["period", part]:
                return word("part", part)
            case ["national_plan", "url"]:
                return self._language.gettext("Address of the national plan")
            case [field, *_] if field in WORDS["field"]:
                return word("field", field)
        return name

    def sent_before(self) -> str:
        """Of a form that was sent, gone back to, and changed."""
        _ = self._language.gettext
        return _(
            "You sent this form before, with another text, and that was done. If you mean this too, send it again."
        )

    def options(self, kind: str, codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Codes of `WORDS[kind]` with their words, for a choice: these, or all."""
        return [(code, self._language.word(kind, code)) for code in (WORDS[kind] if codes is None else codes)]

    def reports(self, updates: Iterable[Update]) -> list[tuple[str, str]]:
        """For a choice: the number of each, and what it is."""
        says = self._language.gettext("Report {number} of {day}: {status}")
        return [
            (
                str(one.number),
                says.format(
                    number=one.number,
                    day=self._language.on(one.reported_at),
                    status=self._language.label(one.status),
                ),
            )
            for one in updates
        ]

    def reason(self, why: DuplicateReason) -> str:
        """Why two pledges may be the same. What nobody here knows yet is said as the service says it."""
        word, known = self._language.word, WORDS["alike"]
        if why.code not in known:
            return why.says
        values = {name: self._reckoned(name, value) for name, value in why.parameters.items()}
        sentences = [word("alike", why.code)]
        if why.code != "other_language" and "language" in values:
            sentences.append(word("alike", "in_language"))
        return " ".join(one.format(**values) for one in sentences)

    def _reckoned(self, name: str, value: Any) -> str:
        if name == "language":
            return self.tongue(str(value))
        if isinstance(value, list):
            bare = sorted((str(one).removeprefix("objective-") for one in value), key=lambda one: (len(one), one))
            return format_list(bare, style="unit", locale=self._language.locale)
        return self._language.number(value) if isinstance(value, int) else f"\u2068{value}\u2069"

    def tongue(self, tag: str) -> str:
        """The name of a language."""
        return str(self._language.locale.languages.get(tag, tag))

    def said(self, content: Content, field: str) -> str:
        """A field in words, a line an entry; nothing for an empty one."""
        value = getattr(content, field)
        if isinstance(value, Period):
            return self.period(value)
        if field == "commitments":
            return "\n".join(map(self.commitment, value))
        entries = value if isinstance(value, list) else [value]
        return "\n".join(self._entry(field, one) for one in entries if one is not None)

    def _entry(self, field: str, value: Any) -> str:
        if isinstance(value, BaseModel):
            return self._row(value)
        if field == "language":
            return self.tongue(value)
        if field == "levels":
            return self._language.word("level", value)
        return self._language.label(value) if field in CODED else str(value)

    def _row(self, value: Any) -> str:
        """Of an entry of a list, or of a plan."""
        parts: tuple[str | None, ...]
        match value:
            case Target():
                return self.target(value)
            case Place():
                return self.place(value)
            case Money():
                return self.money(value)
            case Translation():
                parts, between = (f"{self.tongue(value.language)}: {value.title}", value.description), "\n"
            case Plan():
                parts, between = (value.title, value.url), "\n"
            case _:
                parts, between = (f"{value.system}: {value.id}", value.url), " "
        return between.join(part for part in parts if part)

    def commitment(self, code: str) -> str:
        """With its ¶ before: "¶ 64: …"."""
        return f"¶ {code.partition('-')[0]}: {self._language.label(code)}"

    def place(self, place: Place) -> str:
        country = self._language.label(place.country) if place.country else None
        return ", ".join(part for part in (place.name, country) if part)

    def money(self, money: Money) -> str:
        """As the entity said it, and the amount where there is one: "two million (up to 2,000,000 EUR)"."""
        if money.amount is None:
            return " ".join(part for part in (money.said, money.currency) if part)
        bound = self._language.word("bound", money.bound) if money.bound != "exactly" else None
        parts = (bound, self._language.number(money.amount), money.currency)
        amount = " ".join(part for part in parts if part)
        return f"{money.said} ({amount})" if money.said else amount

    def period(self, period: Period) -> str:
        _ = self._language.gettext
        start, end = (self._language.day(at) if at else None for at in (period.start, period.end))
        if start and end:
            return _("{start} to {end}").format(start=start, end=end)
        if start:
            return _("from {start}").format(start=start)
        return _("until {end}").format(end=end) if end else ""

    def target(self, target: Target) -> str:
        """In one line: "Posts that issue documents: at least 12 posts; by 2026; today 4"."""
        said = "; ".join(part for part in self._parts(target) if part)
        return f"{target.what}: {said}" if said else target.what

    def _parts(self, target: Target) -> list[str | None]:
        _ = self._language.gettext
        comparator = self._language.word("comparator", target.comparator or "")
        by = self._language.day(target.by) if target.by else None
        apart = ", ".join(map(self._language.label, target.disaggregated_by))
        return [
            " ".join(part for part in (comparator, as_typed(target.value), target.unit) if part),
            target.value_text,
            _("by {day}").format(day=by) if by else None,
            _("today {number}").format(number=as_typed(target.baseline)) if target.baseline is not None else None,
            _("broken down by {what}").format(what=apart) if apart else None,
        ]
