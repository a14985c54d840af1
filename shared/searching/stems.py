"""Words as the stems that they are found by: PostgreSQL's, of the dictionaries that ddl.py makes."""

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.searching.words import PLAIN, Word

_STEMS = text("""
select place, array_agg(distinct stem) as stems
from unnest(cast(:places as integer[]), cast(:dictionaries as text[]), cast(:words as text[]))
        as w (place, dictionary, word),
    lateral unnest(ts_lexize(dictionary::regdictionary, word)) as stem
group by place
""")


async def stems(session: AsyncSession, found: Sequence[Collection[Word]]) -> list[list[str]]:
    """For each collection of words, their stems, each once."""
    rows = [(place, *word) for place, every in enumerate(found) for word in every if word[0] != PLAIN]
    plain = [{word for dictionary, word in every if dictionary == PLAIN} for every in found]
    if rows:
        places, dictionaries, spelled = (list(column) for column in zip(*rows, strict=True))
        values = {"places": places, "dictionaries": dictionaries, "words": spelled}
        for row in await session.execute(_STEMS, values):
            plain[row.place].update(row.stems)
    return [sorted(every) for every in plain]
