"""The forms of an officer's own queue and profile: what stands in their fields, and what it means. Pure."""

from collections.abc import Iterable

from services.portal import fitting
from services.portal.choices import OF_THE_UN, Choices, Options
from services.portal.language import Language
from services.portal.phrases import Words
from services.portal.problems import WHOLE_FORM
from services.portal.typed import Typed
from shared.client.models.desk import Filters, Officer, OfficerFields, Queue, QueueFields
from shared.reference.regions import regions

LISTS = ("kind", "stage", "region", "type", "language", "objective", "priority")
FIELDS = {*LISTS, "name", "officer", "entity", "due", "which", "text", "order"}
PROFILE = {"duty_station", "regions", "languages", "objectives", "away"}
STAGES = (
    *("submitted", "acknowledged", "triage", "needs_info", "accepted"),
    *("matching", "matched", "delivering", "delivered", "confirmed"),
)


def place(path: str) -> str:
    """The form's field for a place in what is sent: "filters.region.1" is of "region"."""
    return next((part for part in path.split(".") if part in FIELDS), WHOLE_FORM)


def place_of_profile(path: str) -> str:
    """Likewise: "regions.1" is of "regions"."""
    name = path.partition(".")[0]
    return name if name in PROFILE else WHOLE_FORM


def filled(queue: Queue) -> Typed:
    """As the form shows a queue that is kept."""
    return Typed(_fields_of(queue))


def _fields_of(queue: Queue) -> Iterable[tuple[str, str]]:
    yield "name", queue.name or ""
    yield "order", queue.order
    yield from ((name, value) for name in LISTS for value in getattr(queue.filters, name))
    yield from (("officer", value) for value in queue.filters.officer)
    yield "entity", ", ".join(queue.filters.entity)
    yield from ((name, getattr(queue.filters, name) or "") for name in ("due", "which", "text"))


def meant(typed: Typed, entities: list[str]) -> QueueFields:
    """`entities`: the codes of those that are named."""
    lists = {name: typed.all(name) for name in LISTS}
    filters = Filters(
        **lists,
        officer=typed.all("officer"),
        entity=entities,
        due=typed.one("due") or None,
        which=typed.one("which") or "open",
        text=typed.one("text").strip() or None,
    )
    return QueueFields(name=typed.one("name").strip(), filters=filters, order=typed.one("order") or "due")


def kept(queue: Queue) -> str:
    """What a form carries of a queue that was removed, so that it can be made again."""
    fields = QueueFields(name=queue.name or "", filters=queue.filters, order=queue.order)
    return fields.model_dump_json()


def choices(language: Language) -> dict[str, Options]:
    """What can be chosen in both forms."""
    words = Words(language)
    of_regions = [(code, fitting.place(language, code)) for code in sorted(regions())]
    return {
        "kind": words.options("case_kind"),
        "stage": words.options("state", STAGES) + words.options("stage"),
        "regions": of_regions,
        "region": [*of_regions, ("none", language.gettext("no region"))],
        "type": words.options("help"),
        "language": [(code, words.tongue(code)) for code in OF_THE_UN],
        "objective": Choices(language).objectives(),
        "priority": words.options("priority"),
        "due": words.options("case_due"),
        "which": words.options("case_which"),
        "order": words.options("case_order"),
    }


def profile(officer: Officer) -> Typed:
    lists = ("regions", "languages", "objectives")
    said = [(name, value) for name in lists for value in getattr(officer, name)]
    away = [("away", "yes")] if officer.away else []
    return Typed([("duty_station", officer.duty_station or ""), *said, *away])


def meant_profile(typed: Typed) -> OfficerFields:
    return OfficerFields(
        duty_station=typed.one("duty_station") or None,
        regions=typed.all("regions"),
        languages=typed.all("languages"),
        objectives=typed.all("objectives"),
        away=bool(typed.one("away")),
    )
