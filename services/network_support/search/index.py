"""Keeps what requests are found by, and says what a query may be spelled as. Words: shared/searching."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.searching import words
from shared.searching.stems import stems

Texts = Iterable[tuple[str, str]]  # each with its language (BCP 47)

# nothing that was said is taken back, so words only ever join
_ADD = text("""
insert into case_words as w (case_id, words) values (:case_id, cast(:words as text[]))
on conflict (case_id) do update set words = array(select unnest(w.words) union select unnest(excluded.words))
where not excluded.words <@ w.words
""")


async def add(session: AsyncSession, case_id: UUID, texts: Texts) -> None:
    """From now on the case is found by these texts, too."""
    [found] = await stems(session, [words.words(texts)])
    await session.execute(_ADD, {"case_id": case_id, "words": found})


async def spelled(session: AsyncSession, queries: Sequence[str]) -> list[list[list[str]]]:
    """For each query, its words, each as all the stems that it may be; empty for one without a letter or digit."""
    asked = [words.wanted(query) for query in queries]
    every = iter(await stems(session, [word for query in asked for word in query]))
    return [[next(every) for _ in query] for query in asked]
