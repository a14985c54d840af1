"""The desk of the Network's staff: queues and cases, officers, saved replies, merges, work items."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.desk import (
    Assignment,
    Because,
    BulkAssigned,
    BulkAssignment,
    BulkUndo,
    BulkUndone,
    Candidate,
    Case,
    CaseLine,
    CaseStep,
    CountedQueue,
    FilledReply,
    Left,
    MergedRequest,
    MergePreview,
    Merging,
    Officer,
    OfficerFields,
    Others,
    Place,
    Prioritised,
    Queue,
    QueueFields,
    ReplyFields,
    SavedReply,
    WorkItem,
)
from shared.client.models.support import Request
from shared.client.room import Id, Room
from shared.client.sending import Download, at

Cases = Listing[Page[CaseLine], CaseLine]
Values = str | Sequence[str] | None


class CaseFilters(TypedDict, total=False):
    """One of the values in each field. `officer`: ids, "me", "nobody"; `which`: "open", "over", "any"."""

    kind: Values
    stage: Values
    region: Values
    type: Values
    language: Values
    objective: Values
    entity: Values
    officer: Values
    priority: Values
    due: str | None
    which: str | None
    text: str | None
    order: str | None
    limit: int | None
    cursor: str | None


class Desk(Room):
    """Part of the network_support service, for staff alone. A case's `seen` is the case's ETag, not its request's."""

    async def queues(self) -> Page[CountedQueue]:
        """All on one page: those that everybody has, then one's own. Counts end at 99."""
        return await self._to.get(at("queues"), Page[CountedQueue])

    def queue(self, queue: str, *, limit: int | None = None, cursor: str | None = None) -> Cases:
        """The cases of a queue, by its own order."""
        return self._to.pages(at("queues", queue), Page[CaseLine], limit=limit, cursor=cursor)

    async def save_queue(self, fields: QueueFields, *, key: str | None = None) -> Queue:
        return await self._to.post(at("queues"), Queue, fields, key=key)

    async def change_queue(self, queue: Id, fields: QueueFields, *, seen: str) -> Queue:
        return await self._to.put(at("queues", queue), Queue, fields, seen=seen)

    async def remove_queue(self, queue: Id) -> Queue:
        return await self._to.delete(at("queues", queue), Queue)

    def cases(self, **filters: Unpack[CaseFilters]) -> Cases:
        """As a queue that is not saved."""
        return self._to.pages(at("cases"), Page[CaseLine], **filters)

    async def case(self, case_id: Id) -> Case:
        return await self._to.get(at("cases", case_id), Case)

    async def case_history(self, case_id: Id) -> Page[CaseStep]:
        """All of it on one page."""
        return await self._to.get(at("cases", case_id, "history"), Page[CaseStep])

    async def assign(self, case_id: Id, to: Assignment, *, seen: str, key: str | None = None) -> Case:
        return await self._to.post(at("cases", case_id, "assign"), Case, to, seen=seen, key=key)

    async def assign_many(self, wish: BulkAssignment, *, key: str | None = None) -> BulkAssigned:
        """What became of each, in the order of the list."""
        return await self._to.post(at("cases", "assign"), BulkAssigned, wish, key=key)

    async def undo_assignment(self, wish: BulkUndo, *, key: str | None = None) -> BulkUndone:
        """Of what `assign_many` gave, with the revisions that it answered."""
        return await self._to.post(at("cases", "assign", "undo"), BulkUndone, wish, key=key)

    async def assign_by_rule(self, case_id: Id, *, seen: str, key: str | None = None) -> Case:
        return await self._to.post(at("cases", case_id, "assign-by-rule"), Case, seen=seen, key=key)

    async def hand_back(self, case_id: Id, why: Because, *, seen: str, key: str | None = None) -> Case:
        return await self._to.post(at("cases", case_id, "hand-back"), Case, why, seen=seen, key=key)

    async def prioritise(self, case_id: Id, to: Prioritised, *, seen: str, key: str | None = None) -> Case:
        return await self._to.post(at("cases", case_id, "prioritise"), Case, to, seen=seen, key=key)

    async def be_here(self, case_id: Id, *, opened: bool | None = None) -> Others:
        """Has the case open; again within `beat_within` seconds. `opened`: nothing more is said, for some minutes."""
        return await self._to.put(at("cases", case_id, "presence"), Others, None, seen=None, opened=opened)

    async def be_gone(self, case_id: Id) -> Others:
        return await self._to.delete(at("cases", case_id, "presence"), Others)

    async def board(self) -> Place:
        """Where the board is: ask before you read cases, and follow the events from there."""
        return await self._to.get(at("board"), Place)

    async def board_events(self, *, after: str | None = None) -> Download:
        """Server-sent events, as they come, until the token ends. `after`: the id of the last one that you had."""
        return await self._to.download(at("board", "events"), after=after)

    async def officers(self) -> Page[Officer]:
        """All on one page."""
        return await self._to.get(at("officers"), Page[Officer])

    async def my_officer(self) -> Officer:
        return await self._to.get(at("me", "officer"), Officer)

    async def change_officer(self, fields: OfficerFields, *, seen: str) -> Officer:
        """One's own profile."""
        return await self._to.put(at("me", "officer"), Officer, fields, seen=seen)

    async def remove_officer(self, person_id: str) -> Left:
        """For administrators: what they had goes back to the desk."""
        return await self._to.delete(at("officers", person_id), Left)

    async def replies(self, *, language: str | None = None, retired: bool | None = None) -> Page[SavedReply]:
        """All on one page."""
        return await self._to.get(at("replies"), Page[SavedReply], language=language, retired=retired)

    async def save_reply(self, fields: ReplyFields, *, key: str | None = None) -> SavedReply:
        return await self._to.post(at("replies"), SavedReply, fields, key=key)

    async def change_reply(self, reply_id: Id, fields: ReplyFields, *, seen: str) -> SavedReply:
        """One that was retired is in use again."""
        return await self._to.put(at("replies", reply_id), SavedReply, fields, seen=seen)

    async def retire_reply(self, reply_id: Id, *, seen: str) -> SavedReply:
        return await self._to.delete(at("replies", reply_id), SavedReply, seen=seen)

    async def fill_reply(self, reply_id: Id, *, request: Id, language: str | None = None) -> FilledReply:
        """For a request, in its language if there is a text in it."""
        wanted = {"request": str(request), "language": language}
        return await self._to.get(at("replies", reply_id, "filled"), FilledReply, **wanted)

    async def duplicates_of(self, request_id: Id) -> Page[Candidate]:
        """Requests of the entity that may be the same one, the likeliest first."""
        return await self._to.get(at("requests", request_id, "duplicates"), Page[Candidate])

    async def preview_merge(self, request_id: Id, *, into: Id) -> MergePreview:
        return await self._to.get(at("requests", request_id, "merge"), MergePreview, into=str(into))

    async def merged(self, request_id: Id) -> Page[MergedRequest]:
        """Those that were merged into it."""
        return await self._to.get(at("requests", request_id, "merged"), Page[MergedRequest])

    async def merge(self, request_id: Id, wish: Merging, *, seen: str, key: str | None = None) -> Request:
        """`seen` is the ETag of the request that ends."""
        return await self._to.post(at("requests", request_id, "merge"), Request, wish, seen=seen, key=key)

    async def unmerge(self, request_id: Id, why: Because, *, seen: str, key: str | None = None) -> Request:
        return await self._to.post(at("requests", request_id, "unmerge"), Request, why, seen=seen, key=key)

    async def work_item(self, item_id: Id) -> WorkItem:
        return await self._to.get(at("work-items", item_id), WorkItem)

    async def done(self, item_id: Id, why: Because, *, seen: str, key: str | None = None) -> Case:
        """`seen` is the ETag of its case."""
        return await self._to.post(at("work-items", item_id, "done"), Case, why, seen=seen, key=key)

    async def reopen_item(self, item_id: Id, why: Because, *, seen: str, key: str | None = None) -> Case:
        return await self._to.post(at("work-items", item_id, "reopen"), Case, why, seen=seen, key=key)
