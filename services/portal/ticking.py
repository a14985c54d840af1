"""What the clock of a request says, in plain words. Pure."""

from datetime import datetime, timedelta

from babel import dates

from services.portal.language import Language
from shared.client.models.clocks import RequestClock

WEEK = timedelta(days=6)  # within it, a weekday is clear without its date


def time(language: Language, minutes: int) -> str:
    """Working time without its sign: below two hours to the minute, else whole hours."""
    minutes = abs(minutes)
    if minutes < 120:
        says = language.translations.ngettext("{n} working minute", "{n} working minutes", minutes)
        return says.format(n=language.number(minutes))
    hours = minutes // 60
    return language.translations.ngettext("{n} working hour", "{n} working hours", hours).format(
        n=language.number(hours)
    )


def since(language: Language, when: datetime, now: datetime) -> str:
    """A weekday, or the day when that would not be clear. `now` is business time."""
    if timedelta(0) <= now - when < WEEK:
        return str(dates.format_date(when.date(), "EEEE", locale=language.locale))
    return language.on(when)


def says(language: Language, clock: RequestClock, now: datetime) -> str:
    """For example: 4 working hours left, paused since Tuesday."""
    _ = language.gettext
    if clock.ended == "met":
        return _("done after {time}").format(time=time(language, clock.spent_minutes))
    if clock.ended:
        return _("no longer counts")
    left = _("{time} left") if clock.left_minutes >= 0 else _("overdue by {time}")
    said = left.format(time=time(language, clock.left_minutes))
    if clock.paused_since:
        paused = since(language, clock.paused_since, now)
        return _("{said}, paused since {day}").format(said=said, day=paused)
    return said


def line(language: Language, due_at: datetime | None, now: datetime) -> str:
    """When a case of a queue is due, in one word or two."""
    if due_at is None:
        return ""
    return language.gettext("overdue") if due_at < now else language.moment(due_at)
