"""The conversation about a request, as pages of both sides show it, and the forms with which they write."""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from services.portal.access import Person
from services.portal.language import Language
from services.portal.phrases import Words
from services.portal.problems import KEY, among, faults, new_key
from services.portal.typed import Typed
from shared.client import Conflict, Refused
from shared.client.models.conversation import Message, Noting, Writing
from shared.client.models.support import AttachmentView
from shared.client.room import Id

FIELDS = {"text"}
ACTS = {"write": "message-sent", "ask": "question-sent", "note": "note-kept"}  # acts of forms, by what is said then


@dataclass(frozen=True)
class Talk:
    """`files` by the number of the message that they came with."""

    messages: list[Message]
    files: dict[int, list[AttachmentView]]


async def talk(person: Person, request_id: Id) -> Talk:
    """All that was said: a conversation has few pages."""
    support = person.client.support

    async def all_messages() -> list[Message]:
        return [one async for one in support.messages(request_id, limit=100)]

    messages, found = await asyncio.gather(all_messages(), support.files(request_id))
    files: dict[int, list[AttachmentView]] = {}
    for file in found.items:
        if file.message is not None and file.removed_at is None:
            files.setdefault(file.message, []).append(file)
    return Talk(messages, files)


async def said(person: Person, request_id: Id, form: FormData, language: Language) -> dict[str, str]:
    """Writes what the form holds, as its `action` says. What is wrong with it, by field; {} when it was sent."""
    text, key = str(form.get("text", "")).replace("\r\n", "\n").strip(), str(form.get(KEY, "")) or None
    if not text:
        return {"text": language.gettext("Write something first.")}
    support, action = person.client.support, str(form.get("action"))
    try:
        if action == "note":
            await support.note(request_id, Noting(text=text, channel="portal"), key=key)
        else:
            written = Writing(text=text, channel="portal", asks=action == "ask")
            await support.write(request_id, written, key=key)
    except (Refused, Conflict) as refused:
        return faults(refused, among(FIELDS), Words(language))
    return {}


async def shown(person: Person, request_id: Id, form: FormData, wrong: dict[str, str]) -> dict[str, Any]:
    """What conversation.html needs."""
    return {"talk": await talk(person, request_id), "values": Typed.sent(form), "faults": wrong, "talk_key": new_key()}
