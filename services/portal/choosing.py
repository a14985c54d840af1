"""The form in which people choose their mails: what stands in its fields, and what it means. Pure."""

from collections.abc import Iterable
from zoneinfo import available_timezones

from babel import dates

from services.portal.choices import OF_THE_UN, Options
from services.portal.language import Language
from services.portal.problems import sentence
from services.portal.typed import Typed
from shared.client.models.notifications import Choice, Preferences

KINDS = ("reminders", "pledges", "support")
DESK = "desk"  # for those on duty, and whoever turned it off
RHYTHMS = ("at_once", "daily", "weekly")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIELDS = ("wanted", "rhythm", "weekday", "quiet_from", "quiet_until", "language", "time_zone")
_OTHERS = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")  # that nobody lives in, or older names


def kinds(shown: Preferences) -> list[str]:
    """Those that the person is asked about."""
    return [*KINDS, DESK] if shown.on_duty or DESK in shown.off else list(KINDS)


def filled(shown: Preferences) -> Typed:
    """As the form shows what is chosen."""
    plain = shown.model_dump(include={*FIELDS} - {"wanted"})
    fields = [(name, value) for name, value in plain.items() if value is not None]
    return Typed([*fields, *(("wanted", kind) for kind in kinds(shown) if kind not in shown.off)])


def meant(typed: Typed, asked: Iterable[str]) -> Choice:
    """`asked`: the kinds on the page; what is not ticked there is not wanted."""
    wanted, rhythm = typed.all("wanted"), typed.one("rhythm")
    return Choice(
        off=[kind for kind in asked if kind not in wanted],
        rhythm=rhythm,
        weekday=(typed.one("weekday") or None) if rhythm == "weekly" else None,
        quiet_from=typed.one("quiet_from") or None,
        quiet_until=typed.one("quiet_until") or None,
    )


def at(path: str) -> str:
    """The field of the form that a fault is about; of any other, the whole form."""
    first = path.partition(".")[0]
    return "wanted" if first == "off" else first if first in FIELDS else "form"


def named(language: Language, field: str, says: str) -> str:
    """A fault, which begins with what the field is called."""
    return sentence(language.word("mail_choice", field), says, "") if field in FIELDS else says


class Offered:
    """What can be chosen, in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def kinds(self, asked: Iterable[str]) -> Options:
        return [(kind, self._language.word("mail_kind", kind)) for kind in asked]

    def rhythms(self) -> Options:
        return [(rhythm, self._language.word("mail_rhythm", rhythm)) for rhythm in RHYTHMS]

    def weekdays(self) -> Options:
        names = dates.get_day_names("wide", "stand-alone", locale=self._language.locale)
        return [(day, names[number]) for number, day in enumerate(WEEKDAYS)]

    def languages(self) -> Options:
        """Each by its own name too, for who came here by mistake in another one."""
        return [(tag, self.called(tag)) for tag in OF_THE_UN]

    def called(self, tag: str) -> str:
        return str(self._language.locale.languages.get(tag, tag))

    def zones(self, chosen: str) -> Options:
        """By their names, also one that is chosen and else not offered."""
        named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_OTHERS))
        return [(zone, zone.replace("_", " ")) for zone in sorted({*named, "UTC", *filter(None, [chosen])})]
