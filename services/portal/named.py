"""What entities and review cycles are called, and who is meant by a name."""

import asyncio
import re
from collections.abc import Iterable, Sequence

from services.portal.choices import Choices
from services.portal.entering import Unclear
from services.portal.language import Language
from shared.client import Client, Missing
from shared.client.models.entities import Entity
from shared.reference import catalogue

CHOICES = 10  # entities that a typed name may mean
LONGEST = 200  # characters of a name that is looked for
_CODE = re.compile("[A-Za-z0-9_-]+")
MOST = 30  # entities of one pledge that are looked up; of more, the codes are shown


async def names(client: Client, entities: Sequence[str]) -> dict[str, str]:
    """By code, of those that exist."""
    found = await asyncio.gather(*(_name(client, one) for one in entities[:MOST]))
    return {code: name for code, name in zip(entities, found, strict=False) if name}


async def _name(client: Client, entity_id: str) -> str:
    try:
        return (await client.pledges.entity(entity_id)).name
    except Missing:
        return ""


async def added_cycles(client: Client, language: Language, codes: Iterable[str | None]) -> dict[str, str]:
    """Names, by code, of the review cycles that staff added. Empty, and unasked, while none of `codes` may be one."""
    if all(not code or code in catalogue.CYCLES for code in codes):
        return {}
    found = Choices(language, (await client.pledges.reviews()).items).cycles()
    return {code: name for code, name in found if code not in catalogue.CYCLES}


async def find(client: Client, typed: str, language: Language) -> str:
    """The code of the entity that somebody means by a code or a name. Raises Unclear unless it is one."""
    text = " ".join(typed.split())[:LONGEST]
    if _CODE.fullmatch(text) and await _name(client, text):
        return text
    found = (await client.pledges.entities(q=text, limit=CHOICES)).items
    same = [one for one in found if one.name.casefold() == text.casefold()]
    if len(found) == 1 or len(same) == 1:
        return (same or found)[0].entity_id
    raise Unclear(_several(text, found, language) if found else _none(text, language))


def _several(text: str, found: Sequence[Entity], language: Language) -> str:
    says = language.gettext("“{text}” may be several entities. Write the code of one: {codes}")
    return says.format(text=text, codes="; ".join(f"{one.entity_id} ({one.name})" for one in found))


def _none(text: str, language: Language) -> str:
    return language.gettext("No entity here is called “{text}”. Write its name, or its code.").format(text=text)
