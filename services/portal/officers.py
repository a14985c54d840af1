"""Who has a case: officers by name, asked of the pledges service."""

from collections.abc import Iterable

from services.portal.access import Person
from services.portal.language import Language
from shared.client.models.people import Whose

MOST = 100  # names that are asked for at once


async def names(person: Person, ids: Iterable[str | None]) -> dict[str, str]:
    """By id, of those who are registered."""
    wanted = sorted({one for one in ids if one})[:MOST]
    return (await person.client.pledges.person_names(Whose(person_ids=wanted))).names if wanted else {}


async def choices(person: Person, language: Language) -> list[tuple[str, str]]:
    """For a choice: oneself first, then the others by name, with how many open cases each has."""
    officers = (await person.client.support.officers()).items
    known = await names(person, (one.person_id for one in officers))
    own = person.session.person
    others = sorted(
        (known.get(one.person_id, one.person_id), one.person_id, one.open_cases)
        for one in officers
        if one.person_id != own
    )
    says = language.gettext("{name} ({number} open)")
    return [
        (own, language.gettext("Me")),
        *((person_id, says.format(name=name, number=language.number(cases))) for name, person_id, cases in others),
    ]
