"""What a record of a file comes to: a pledge that may be made, or what is wrong with it, cell by cell. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.pledges.exchange import column_writing
from services.pledges.exchange.files import Fault, FieldPath, Origin, Record
from services.pledges.registry import lifecycle
from services.pledges.registry.content import Content
from services.pledges.registry.schemas import NewPledge, Statement
from shared.errors import FieldProblem, Invalid
from shared.web.problem import fault_of

MOST_FAULTS = 20  # of one record that are listed
_EXCHANGED = set(Content.model_fields) - {"attachment"}


@dataclass(frozen=True)
class Wanted:
    """What an import makes of each record: `entity_id` where the record names none, `submit` what is a draft else."""

    statements: bool
    entity_id: str | None
    submit: bool


@dataclass(frozen=True)
class Checked:
    """A record as it goes from the reader to the importer: few and plain parts, as most are good and asked no more.

    `wish` is the NewPledge or Statement as JSON, None when it cannot be read. With faults it cannot be made, but may be
    there already. `refers`: only the database can tell whether it may be made. What is worked out of the wish, the
    importer works out, while the reader is at the next.
    """

    place: str
    origin: Origin
    faults: list[Fault]
    wish: str | None = None
    entity_id: str = ""
    proxy_entity_id: str | None = None
    refers: bool = False
    pledge_id: UUID | None = None

    @cached_property
    def said(self) -> dict[str, Any]:
        return json.loads(self.wish) if self.wish else {}

    @cached_property
    def digest(self) -> bytes:
        """By which its content is known again, in whatever format it came."""
        return _digest(self.said)

    @cached_property
    def key(self) -> str:
        """What the same people import twice is made once: by the first external id, or else by all of the content.

        Those who file for another entity have keys of their own: nobody else learns of them, or loses by them.
        """
        filed = f"{self.proxy_entity_id}: " if self.proxy_entity_id else ""
        first = next(iter(self.said["external_ids"]), None)
        return filed + (json.dumps([first["system"], first["id"]]) if first else self.digest.hex())

    def size(self) -> int:
        """Characters of what came, about."""
        return self.origin.size() if self.wish is None else len(self.wish)

    def refused(self, fault: FieldProblem) -> Fault:
        """What the importer found wrong with a good record, with the address of its cell."""
        return _placed(self.origin, self.said, _path_of(fault.field), fault)


def check(record: Record, wanted: Wanted) -> Checked:
    """By the same schema as a request to the API."""
    given = {"entity_id": wanted.entity_id, **_present(record.fields)}
    pledge_id = given.pop("pledge_id", None)
    found, unreadable = _wish(record, given, wanted)
    known, more = _id(record, pledge_id)
    unreadable = [*record.faults, *unreadable, *more]
    unready = _unready(record, found, wanted) if found else []
    faults = [printable(one) for one in (*unreadable, *unready)][:MOST_FAULTS]
    if found is None or unreadable:
        return Checked(record.place, record.origin, faults)
    return Checked(
        record.place,
        record.origin,
        faults,
        wish=found.model_dump_json(),
        entity_id=found.entity_id,
        proxy_entity_id=found.proxy_entity_id if isinstance(found, NewPledge) else None,
        refers=lifecycle.refers(found),
        pledge_id=known,
    )


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _wish(record: Record, given: dict[str, Any], wanted: Wanted) -> tuple[NewPledge | Statement | None, list[Fault]]:
    broken = {fault.field for fault in record.faults}
    try:
        if wanted.statements:
            return Statement.model_validate(given), []
        return NewPledge.model_validate(given | {"submit": wanted.submit}), []
    except ValidationError as error:
        wrong = [(item["loc"], fault_of(item)) for item in error.errors(include_url=False)]
        found = [_placed(record.origin, record.fields, path, fault) for path, fault in wrong]
        return None, [fault for fault in found if fault.field not in broken]


def _unready(record: Record, found: NewPledge | Statement, wanted: Wanted) -> list[Fault]:
    """What it lacks, as far as that can be said without the database."""
    broken = {fault.field for fault in record.faults}
    try:
        if isinstance(found, Statement):
            lifecycle.require_recordable(found)
        else:
            lifecycle.require_ready(found, submit=wanted.submit)
    except Invalid as error:
        wrong = [_placed(record.origin, record.fields, _path_of(fault.field), fault) for fault in error.fields]
        return [fault for fault in wrong if fault.field not in broken]
    return []


def _placed(origin: Origin, fields: Mapping[str, Any], path: FieldPath, fault: FieldProblem) -> Fault:
    """A fault of a field, with the address of its cell."""
    address, name = origin.where(path, fields)
    return Fault(address, name, fault.problem, fault.remedy)


def _path_of(field: str) -> FieldPath:
    """A JSON path as problem documents write it."""
    return tuple(int(part) if part.isdecimal() else part for part in field.split("."))


def _id(record: Record, given: Any) -> tuple[UUID | None, list[Fault]]:
    if given in (None, ""):
        return None, []
    try:
        return UUID(str(given).strip()), []
    except ValueError:
        fault = FieldProblem("pledge_id", "is no id of a pledge", "leave it empty for a new pledge")
        return None, [_placed(record.origin, record.fields, ("pledge_id",), fault)]


def digest_of(document: str) -> bytes:
    """Of a pledge as JSON, which may say more than its content; in whatever format it came."""
    return _digest(json.loads(document))


def _digest(said: Mapping[str, Any]) -> bytes:
    return column_writing.digest({name: said.get(name) for name in _EXCHANGED})


def printable(fault: Fault) -> Fault:
    """Half a character and NUL can be neither stored nor sent."""
    texts = (fault.address, fault.field, fault.problem, fault.remedy)
    return Fault(*(text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:500] for text in texts))
