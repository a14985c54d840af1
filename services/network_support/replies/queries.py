"""Reads of saved replies, and one filled in for a request."""

from datetime import date
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.memberships import NO_SUCH_REQUEST
from services.network_support.replies.commands import MOST, NO_SUCH_REPLY
from services.network_support.replies.fields import fill
from services.network_support.replies.models import SavedReply
from services.network_support.replies.schemas import FilledReply, ReplyView
from services.network_support.requests.models import KnownEntity, KnownPledge, SupportRequest
from shared.errors import NotFound

OTHERWISE = "en"


async def every(session: AsyncSession, language: str | None, *, retired: bool) -> list[ReplyView]:
    """By name; with `language` those that have a text in it."""
    chosen = select(SavedReply).where(col(SavedReply.retired) == retired).order_by(col(SavedReply.name)).limit(MOST)
    if language is not None:
        chosen = chosen.where(col(SavedReply.texts).has_key(language))  # type: ignore[attr-defined] # of JSONB
    return [ReplyView(**one.model_dump()) for one in (await session.execute(chosen)).scalars()]


async def filled(
    session: AsyncSession, reply_id: UUID, request_id: UUID, language: str | None, today: date
) -> FilledReply:
    """In the language asked for, or else that of the request. `today`: business time. Raises NotFound."""
    reply = await session.get(SavedReply, reply_id)
    if reply is None:
        raise NotFound(NO_SUCH_REPLY)
    request = await session.get(SupportRequest, request_id)
    if request is None or request.sent_at is None:
        raise NotFound(NO_SUCH_REQUEST)
    chosen = choose(reply.texts, language or request.language)
    entity = await session.get(KnownEntity, request.entity_id)
    pledge = await session.get(KnownPledge, request.pledge_id)
    names = entity.names if entity else {}
    values = {
        "entity": names.get(_primary(chosen)) or names.get(OTHERWISE) or next(iter(names.values()), None),
        "pledge": pledge.title if pledge else None,
        "reference": str(request_id),
        "sent_on": written(request.sent_at.date(), chosen),
        "today": written(today, chosen),
    }
    made = fill(reply.texts[chosen], values)
    return FilledReply(language=chosen, text=made.text, missing=list(made.missing))


def choose(texts: dict[str, str], language: str) -> str:
    """The language itself, its main one (fr for fr-CA), English, or the first one that there is."""
    wanted = (language, _primary(language), OTHERWISE)
    return next((one for one in wanted if one in texts), min(texts))


def written(day: date, language: str) -> str:
    """As the language writes it; as ISO 8601 where nobody has told the program how."""
    try:
        return format_date(day, "long", Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return day.isoformat()


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0]
