"""The forms of a new milestone, and of a new review cycle with its forum and perhaps its plenary. Pure.

Fields of a milestone: `code`, `cycle`, `kind`, `name.en` and so on, `starts`, `ends`, `seat`, `time_zone`, `tentative`,
`reminders`, `group`, `document`, `reason`. Of a cycle: `code`, `name.en` and so on, `opens`, `time_zone`, `reason`, and
those of its milestones after "forum." and "plenary."; a plenary of which nothing is said is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.portal import entering
from services.portal.calendar import when
from services.portal.choices import OF_THE_UN
from services.portal.entering import Unclear
from services.portal.language import Language
from services.portal.problems import WHOLE_FORM
from services.portal.typed import Typed
from shared.client.models.reviews import MilestoneOfCycle, NewCycle, NewMilestone

FORUM, PLENARY = "forum", "plenary"
_OPTIONAL = ("code", "name.en", "starts", "ends")  # one of these says that there is a plenary
_ITS_OWN = {"code", "cycle", "kind", "starts", "ends", "seat", "time_zone", "group", "document", "reason", "opens"}


@dataclass
class _Adding:
    """Reads a form. `faults` by its fields."""

    typed: Typed
    language: Language
    faults: dict[str, str] = field(default_factory=dict)

    def needed(self, name: str) -> str:
        value = self.typed.one(name).strip()
        if not value:
            self.faults[name] = self.language.gettext("Fill this in.")
        return value

    def names(self, at: str) -> dict[str, str]:
        """By UN language; in English always."""
        given = {tag: self.typed.one(f"{at}name.{tag}").strip() for tag in OF_THE_UN}
        self.needed(f"{at}name.en")
        return {tag: name for tag, name in given.items() if name}

    def milestone(self, at: str, kind: str) -> dict[str, Any]:
        given, wrong = when(self.typed, at, self.language)
        self.faults |= wrong
        document, group = (self.typed.one(at + name).strip() or None for name in ("document", "group"))
        return given | {
            "code": self.needed(f"{at}code"),
            "kind": kind,
            "names": self.names(at),
            "reminders": bool(self.typed.all(f"{at}reminders")),
            "group": group,
            "document": document,
        }

    def opens(self) -> str:
        try:
            found = entering.day(self.typed.one("opens"), self.language)
        except Unclear as fault:
            self.faults["opens"] = str(fault)
            return ""
        if not found:
            self.faults["opens"] = self.language.gettext("Say from when on reports count.")
        return found or ""


@dataclass(frozen=True)
class Milestone:
    """What a form stands for; it means nothing where there are `faults`."""

    new: NewMilestone
    faults: dict[str, str]

    def place(self, path: str) -> str:
        """The form's field for a place that a problem document names."""
        return _field(path.split("."))


@dataclass(frozen=True)
class Cycle:
    """Likewise; `parts` are the beginnings of the names of its milestones' fields, in their order."""

    new: NewCycle
    faults: dict[str, str]
    parts: Sequence[str]

    def place(self, path: str) -> str:
        match path.split("."):
            case ["milestones", number, *rest] if number.isdecimal() and int(number) < len(self.parts):
                name = _field(rest)
                return name if name == WHOLE_FORM else f"{self.parts[int(number)]}.{name}"
            case rest:
                return _field(rest)


def _field(path: list[str]) -> str:
    match path:
        case ["names", tag, *_] if tag in OF_THE_UN:
            return f"name.{tag}"
        case ["names", *_]:
            return "name.en"
        case [name, *_] if name in _ITS_OWN:
            return name
    return WHOLE_FORM


def milestone(typed: Typed, language: Language) -> Milestone:
    read = _Adding(typed, language)
    given = read.milestone("", read.needed("kind"))
    new = NewMilestone(**given, cycle=read.needed("cycle"), reason=read.needed("reason"))
    return Milestone(new, read.faults)


def cycle(typed: Typed, language: Language) -> Cycle:
    read = _Adding(typed, language)
    parts = [FORUM] + [PLENARY] * any(typed.one(f"{PLENARY}.{name}").strip() for name in _OPTIONAL)
    new = NewCycle(
        code=read.needed("code"),
        names=read.names(""),
        opens=read.opens(),
        time_zone=read.needed("time_zone"),
        milestones=[MilestoneOfCycle(**read.milestone(f"{kind}.", kind)) for kind in parts],
        reason=read.needed("reason"),
    )
    return Cycle(new, read.faults, parts)
