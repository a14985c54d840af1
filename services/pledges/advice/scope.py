"""What a pledge under the Compact is about: migrants, and what is still to be done. Pure.

Refugees alone are out of scope, together with migrants they are not. Where the language is not read, nothing is said.
"""

from collections.abc import Iterator
from datetime import date

from services.pledges.advice.findings import Found
from services.pledges.advice.reading import Reading
from services.pledges.registry.content import Content


def scope(content: Content, reading: Reading, on: date) -> Iterator[Found]:
    """`on` is today in business time."""
    yield from of_others(reading)
    past = reading.all("past")
    if past and not reading.all("forward", most=1):
        yield Found("scope.past_only", reading.place("description"), {"said": tuple(past)})
    end = content.period.end
    if end and end.last_day() < on:
        yield Found("scope.period_over", "period.end", {"date": end})


def of_others(reading: Reading) -> Iterator[Found]:
    """That the text is about refugees or displaced people, and never about migrants."""
    about = reading.without("names")
    if about.all("migrants", most=1):
        return
    for code, of in (("scope.refugees_only", "refugees"), ("scope.displaced_only", "displaced")):
        if said := about.all(of):
            yield Found(code, reading.place("description"), {"said": tuple(said)})
            return
