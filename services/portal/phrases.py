"""What people read in place of our codes, and a pledge's fields in words. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from services.portal.entering import as_typed
from services.portal.language import Language
from shared.client.models.pledges import Content, Period, Target

CODED = {"kind", "objectives", "main_objectives", "principles", "forms", "review_cycle"}


class Words:
    """In one language. A code that is not known stands for itself."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def field(self, name: str) -> str:
        """Of a field of a pledge, or a place in it: "targets.0.by"."""
        _ = self._language.gettext
        match name.split("."):
            case ["targets", place, part] if place.isdecimal():
                return _("Target {number}, {part}").format(number=int(place) + 1, part=self._part(part))
            case ["period", part]:
                return self._part(part)
        return self._fields().get(name.partition(".")[0], name)

    def _fields(self) -> dict[str, str]:
        _ = self._language.gettext
        return {
            "title": _("Title"),
            "kind": _("Kind of pledge"),
            "matches": _("Pledge that this one matches"),
            "matched": _("Pledge that this one matches"),
            "description": _("What is pledged"),
            "language": _("Language of the text"),
            "objectives": _("Objectives"),
            "main_objectives": _("Main objectives"),
            "principles": _("Guiding principles"),
            "forms": _("Form of the contribution"),
            "targets": _("Targets"),
            "period": _("Period"),
            "review_cycle": _("Review"),
            "partners": _("Partners"),
        }

    def _part(self, name: str) -> str:
        _ = self._language.gettext
        return {
            "what": _("what is to be reached"),
            "unit": _("unit"),
            "baseline": _("where it stands today"),
            "comparator": _("how it is measured"),
            "value": _("number to reach"),
            "value_text": _("goal in words"),
            "by": _("by when"),
            "disaggregated_by": _("broken down by"),
            "start": _("Begins"),
            "end": _("Ends"),
        }.get(name, name)

    def sent_before(self) -> str:
        """Of a form that was sent, gone back to, and changed."""
        _ = self._language.gettext
        return _(
            "You sent this form before, with another text, and that was done. If you mean this too, send it again."
        )

    def options(self, of: str, codes: Iterable[str]) -> list[tuple[str, str]]:
        """Codes with their words, for a choice; `of` names one of the methods below."""
        say: Callable[[str], str] = getattr(self, of)
        return [(code, say(code)) for code in codes]

    def state(self, code: str) -> str:
        """Of a pledge or of a request for support."""
        _ = self._language.gettext
        return {
            "draft": _("Draft"),
            "submitted": _("Submitted"),
            "changes_requested": _("Changes asked for"),
            "published": _("Published"),
            "closed": _("Closed"),
            "pending_pledge": _("Waits for the pledge"),
            "refused": _("Refused"),
            "acknowledged": _("Acknowledged"),
            "withdrawn": _("Withdrawn"),
        }.get(code, code)

    def step(self, code: str) -> str:
        """What was done to a pledge or to a request for support."""
        _ = self._language.gettext
        return {
            "created": _("Draft begun"),
            "saved": _("Saved"),
            "submitted": _("Submitted"),
            "resubmitted": _("Submitted again"),
            "changes_requested": _("Changes asked for"),
            "published": _("Published"),
            "recorded": _("Recorded from a public statement"),
            "closed": _("Closed"),
            "opened": _("Asked for"),
            "decided": _("Decided, when the pledge became known"),
            "acknowledged": _("Acknowledged"),
            "withdrawn": _("Withdrawn"),
        }.get(code, code)

    def by(self, code: str) -> str:
        """In which role somebody acted."""
        _ = self._language.gettext
        return {
            "focal_point": _("focal point"),
            "delegate": _("delegate"),
            "viewer": _("viewer"),
            "entity": _("the entity"),
            "network_staff": _("Network staff"),
            "system": _("the system"),
        }.get(code, code)

    def reason(self, code: str) -> str:
        """Why a pledge was closed."""
        _ = self._language.gettext
        return {
            "fulfilled": _("Fulfilled"),
            "partly_fulfilled": _("Partly fulfilled"),
            "ended": _("Ended"),
            "withdrawn": _("Withdrawn"),
            "superseded": _("Replaced by another pledge"),
        }.get(code, code)

    def support(self, code: str) -> str:
        """What kind of support is asked for."""
        _ = self._language.gettext
        return {
            "policy_integration": _("Bringing it into national policy"),
            "objective_specific_help": _("Help with an objective"),
            "stakeholder_inclusion": _("Including stakeholders"),
            "knowledge_exchange": _("Exchange of knowledge and practice"),
            "hub_participation": _("Taking part in the Migration Network Hub"),
            "fund_proposal": _("A proposal to the Migration Fund"),
            "un_team_coordination": _("Coordination with the UN team in the country"),
        }.get(code, code)

    def comparator(self, code: str) -> str:
        _ = self._language.gettext
        return {
            "at_least": _("at least"),
            "exactly": _("exactly"),
            "at_most": _("at most"),
            "about": _("about"),
        }.get(code, code)

    def tongue(self, tag: str) -> str:
        """The name of a language."""
        return str(self._language.locale.languages.get(tag, tag))

    def said(self, content: Content, field: str) -> str:
        """A field in words, a line an entry; nothing for an empty one."""
        value = getattr(content, field)
        if isinstance(value, Period):
            return self.period(value)
        entries = value if isinstance(value, list) else [value]
        return "\n".join(self._entry(field, one) for one in entries if one is not None)

    def _entry(self, field: str, value: Any) -> str:
        if isinstance(value, Target):
            return self.target(value)
        if field == "language":
            return self.tongue(value)
        return self._language.label(value) if field in CODED else str(value)

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
        comparator = self.comparator(target.comparator or "")
        by = self._language.day(target.by) if target.by else None
        apart = ", ".join(map(self._language.label, target.disaggregated_by))
        return [
            " ".join(part for part in (comparator, as_typed(target.value), target.unit) if part),
            target.value_text,
            _("by {day}").format(day=by) if by else None,
            _("today {number}").format(number=as_typed(target.baseline)) if target.baseline is not None else None,
            _("broken down by {what}").format(what=apart) if apart else None,
        ]
