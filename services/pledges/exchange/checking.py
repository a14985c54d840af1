"""What a record of a file comes to: a pledge that may be made, or what is wrong with it, cell by cell. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.pledges.exchange import column_writing
from services.pledges.exchange.files import Fault, Record
from services.pledges.registry.content import Content
from services.pledges.registry.schemas import NewPledge, Statement
from shared.errors import FieldProblem
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
    """`wish` is None when there are faults. `key` and `digest` tell whether it was imported before, and as what."""

    record: Record
    wish: NewPledge | Statement | None
    faults: list[Fault]
    key: str = ""
    digest: bytes = b""
    pledge_id: UUID | None = None


def check(record: Record, wanted: Wanted) -> Checked:
    """By the same schema as a request to the API."""
    given = {"entity_id": wanted.entity_id, **_present(record.fields)}
    pledge_id = given.pop("pledge_id", None)
    found, faults = _wish(record, given, wanted)
    known, more = _id(record, pledge_id)
    faults = [printable(one) for one in (*record.faults, *faults, *more)][:MOST_FAULTS]
    if found is None or faults:
        return Checked(record, None, faults)
    mark = digest(found)
    return Checked(record, found, [], _key(found, mark), mark, known)


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _wish(record: Record, given: dict[str, Any], wanted: Wanted) -> tuple[NewPledge | Statement | None, list[Fault]]:
    broken = {fault.field for fault in record.faults}
    try:
        if wanted.statements:
            return Statement.model_validate(given), []
        return NewPledge.model_validate(given | {"submit": wanted.submit}), []
    except ValidationError as error:
        found = [placed(record, item["loc"], fault_of(item)) for item in error.errors(include_url=False)]
        return None, [fault for fault in found if fault.field not in broken]


def placed(record: Record, path: tuple[str | int, ...], fault: FieldProblem) -> Fault:
    """A fault of a field, with the address of its cell."""
    address, name = record.where(path)
    return Fault(address, name, fault.problem, fault.remedy)


def path_of(field: str) -> tuple[str | int, ...]:
    """A JSON path as problem documents write it."""
    return tuple(int(part) if part.isdecimal() else part for part in field.split("."))


def _id(record: Record, given: Any) -> tuple[UUID | None, list[Fault]]:
    if given in (None, ""):
        return None, []
    try:
        return UUID(str(given).strip()), []
    except ValueError:
        fault = FieldProblem("pledge_id", "is no id of a pledge", "leave it empty for a new pledge")
        return None, [placed(record, ("pledge_id",), fault)]


def digest(of: Content) -> bytes:
    """Of the content alone, in whatever format it came."""
    return column_writing.digest(of.model_dump(mode="json", include=_EXCHANGED))


def digest_of(document: str) -> bytes:
    """Of a pledge as JSON, which may say more than its content."""
    given = json.loads(document)
    return column_writing.digest({name: given.get(name) for name in _EXCHANGED})


def _key(wish: NewPledge | Statement, mark: bytes) -> str:
    """What the same people import twice is made once: by the first external id, or else by all of the content.

    Those who file for another entity have keys of their own: nobody else learns of them, or loses by them.
    """
    filed = f"{wish.proxy_entity_id}: " if isinstance(wish, NewPledge) and wish.proxy_entity_id else ""
    if wish.external_ids:
        first = wish.external_ids[0]
        return filed + json.dumps([first.system, first.id])
    return filed + mark.hex()


def printable(fault: Fault) -> Fault:
    """Half a character and NUL can be neither stored nor sent."""
    texts = (fault.address, fault.field, fault.problem, fault.remedy)
    return Fault(*(text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:500] for text in texts))
