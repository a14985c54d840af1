"""A milestone in forms: when and where it takes place, what came out of it, how it changed; new ones: adding.py. Pure.

Fields of a move: `starts`, `ends`, `seat`, `time_zone`, `tentative`, `cancelled`, `reason`; `previewed` says for which
of them the reader has seen what the move will do. Of an outcome: `text`, `document`, `region`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.portal import entering
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.typed import Typed
from shared.client.models.reviews import Cycle, Milestone, MilestoneStep, Move
from shared.reference import catalogue
from shared.reference.dates import PartialDate

PREVIEWED = "previewed"
OF_A_MOVE = ("starts", "ends", "seat", "time_zone", "tentative", "cancelled", "reason")
OF_AN_OUTCOME = ("text", "document", "region")
_DAYS = {"starts", "ends"}


def filled(found: Milestone) -> Typed:
    """As it stands."""
    plain = [(name, getattr(found, name) or "") for name in ("starts", "ends", "seat", "time_zone")]
    ticked = [(name, "yes") for name in ("tentative", "cancelled") if getattr(found, name)]
    return Typed([*plain, *ticked])


@dataclass(frozen=True)
class Moving:
    """`move` means nothing where there are `faults`, by the form's field."""

    move: Move
    faults: dict[str, str]

    @property
    def mark(self) -> str:
        """Of what is moved where; another reason is the same move."""
        return self.move.model_dump_json(exclude={"reason"})


def moving(typed: Typed, language: Language) -> Moving:
    """The move that a form stands for, and what is wrong with it."""
    given, wrong = when(typed, "", language)
    reason = typed.one("reason").strip()
    if not reason:
        wrong["reason"] = language.gettext("Say why it is moved: everybody can read it.")
    return Moving(Move(**given, cancelled=bool(typed.all("cancelled")), reason=reason), wrong)


def when(typed: Typed, at: str, language: Language) -> tuple[dict[str, Any], dict[str, str]]:
    """When and where a milestone takes place; and what is wrong, by the form's fields, whose names begin with `at`."""
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in ("starts", "ends"):
        try:
            given[name] = entering.day(typed.one(at + name), language)
        except Unclear as fault:
            given[name], wrong[at + name] = None, str(fault)
    if not given["starts"]:
        wrong.setdefault(f"{at}starts", language.gettext("Say when it begins, as precisely as is known."))
    zone = typed.one(f"{at}time_zone").strip()
    if not zone:
        wrong[f"{at}time_zone"] = language.gettext("Name the time zone of its seat.")
    given |= {"starts": given["starts"] or "", "seat": typed.one(f"{at}seat").strip() or None, "time_zone": zone}
    return given | {"tentative": bool(typed.all(f"{at}tentative"))}, wrong


def stands(found: Milestone, move: Move) -> bool:
    """Whether it is there already."""
    return all(getattr(found, name) == getattr(move, name) for name in OF_A_MOVE if name != "reason")


def ahead(cycles: list[Cycle], today: date) -> list[Milestone]:
    """Those at which somebody can still present. `today` is business time."""
    every = (one for cycle in cycles for one in cycle.milestones if one.kind != "report_deadline" and not one.cancelled)
    return [one for one in every if PartialDate(one.ends or one.starts).last_day() >= today]


def groups(language: Language, chosen: str | None) -> list[tuple[str, str]]:
    """Regions and groups, for a choice; also another one that is chosen already."""
    codes = dict.fromkeys([*catalogue.REGIONAL_GROUPS, *catalogue.GROUPS, *([chosen] if chosen else [])])
    return [(code, language.label(code)) for code in codes]


def changes(step: MilestoneStep, language: Language) -> Iterator[tuple[str, str]]:
    """What was different after a step: the field in words, and what stood there before."""
    for name in step.fields:
        yield language.word("milestone_field", name), _before(name, step.before.get(name), language)


def _before(name: str, value: Any, language: Language) -> str:
    if name in _DAYS and value:
        return language.day(str(value))
    if isinstance(value, bool):
        return language.gettext("yes") if value else language.gettext("no")
    return str(value) if isinstance(value, str) else ""
