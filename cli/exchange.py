"""gcm import, gcm export: files with many pledges."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from cli.connect import As, connected, preferred
from cli.output import Json, counting, note, say, show_json, table
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.exchange import Import, Row
    from shared.client.sending import Download

PAUSE = 0.5  # seconds between two looks at an import that is at work
SHOWN = 50  # bad rows that are shown
FORMATS = ("csv", "xlsx", "json")


def register(app: typer.Typer) -> None:
    app.command("import")(import_)
    app.command("export")(export)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or JSON, as the template has it.")],
    entity: Annotated[
        str | None, typer.Option(help="For whom, where a row does not say; otherwise as the login says.")
    ] = None,
    statements: Annotated[bool, typer.Option("--statements", help="For staff: public statements.")] = False,
    submit: Annotated[bool, typer.Option("--submit", help="Submit at once what would be drafts else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong; make nothing.")] = False,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV file whose letters were misread.")] = None,
    mend: Annotated[Path | None, typer.Option(help="Write the bad rows into this file, with the reasons.")] = None,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Check a file row by row, and make pledges of its good rows; bad ones come back with the reasons.

    The same row makes nothing twice. After a break, the same command goes on where it was.
    """
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    # a statement is of any State, and not of the one that its recorder mostly writes for
    whose = entity if statements else entity or _usual(persona, "For {}, as your login says.", quiet=json)
    wish = {"entity_id": whose or None, "statements": statements, "submit": submit}
    content = file.read_bytes()

    async def do() -> tuple["Import", list["Row"]]:
        async with connected(persona) as client:
            begun = await _sent(client, file.name, content, wish)
            found = await _checked(client, begun, encoding)
            if found.state == "checked" and not dry_run and found.good:
                found = await _followed(client, await client.pledges.run_import(found.import_id), "Importing")
            if mend and found.bad:
                await _save(await client.pledges.bad_rows(found.import_id), mend)
            return found, [row async for row in _bad(client, found.import_id)]

    found, bad = asyncio.run(do())
    _show(found, bad, as_json=json)
    if found.fault or found.bad:
        raise typer.Exit(1)


def _usual(persona: str | None, says: str, *, quiet: bool) -> str:
    """The entity of the login, and that it is used is said, unless a program reads; empty if none is kept there."""
    found = preferred("entity", persona)
    if found and not quiet:
        note(says.format(found))
    return found


async def _sent(client: "Client", name: str, content: bytes, wish: dict[str, Any]) -> "Import":
    """The import of this very file, with all of its parts sent: a new one, or one that was begun before."""
    begun = await _begun(client, name, content, wish)
    if begun.state == "cancelled":
        raise Refused("This import was cancelled. Change the file, or its name, to begin anew.")
    if begun.state == "uploading":
        with counting("Sending", len(content)) as count:
            for number, begin in enumerate(range(0, len(content), begun.part_size), start=1):
                await client.pledges.send_part(begun.import_id, number, content[begin : begin + begun.part_size])
                count(min(len(content), begin + begun.part_size))
    return begun


async def _begun(client: "Client", name: str, content: bytes, wish: dict[str, Any]) -> "Import":
    """As far as it is by now; anew when the service has dropped the one that was."""
    from shared.client import Missing
    from shared.client.models.exchange import NewImport

    new = NewImport(name=name, size=len(content), **wish)
    mark = hashlib.sha256(new.model_dump_json().encode() + content).hexdigest()
    try:
        return await client.pledges.import_of((await client.pledges.begin_import(new, key=mark)).import_id)
    except Missing:
        return await client.pledges.begin_import(new)


async def _checked(client: "Client", begun: "Import", encoding: str | None) -> "Import":
    from shared.client.models.exchange import ImportCheck

    fresh = begun.state in {"uploading", "unreadable"} or (begun.state == "checked" and encoding)
    how = ImportCheck(encoding=encoding) if encoding else ImportCheck()
    now = await client.pledges.check_import(begun.import_id, how) if fresh else begun
    return await _followed(client, now, "Importing" if now.state == "importing" else "Checking")


async def _followed(client: "Client", now: "Import", what: str) -> "Import":
    """Until it no longer goes on by itself."""
    with counting(what, now.good if now.state == "importing" else None) as count:
        while now.at_work:
            await asyncio.sleep(PAUSE)
            now = await client.pledges.import_of(now.import_id)
            count(now.made + now.known if now.state == "importing" else now.rows)
    return now


async def _bad(client: "Client", import_id: UUID) -> AsyncIterator["Row"]:
    number = 0
    async for row in client.pledges.import_rows(import_id, state="bad"):
        yield row
        number += 1
        if number == SHOWN:
            return


def _show(found: "Import", bad: "list[Row]", *, as_json: bool) -> None:
    if as_json:
        show_json({"import": found, "bad": bad})
        return
    for sentence in found.notes:
        note(sentence)
    if found.fault:
        say(f"{found.name} {found.fault.problem}: {found.fault.remedy}. {found.fault.address}".strip())
        return
    table(("cell", "field", "what is wrong", "remedy"), _faults(bad), "No row has a fault.")
    counts = f"{found.rows} rows: {found.good} good, {found.bad} bad, {found.known} known, {found.made} made."
    say(counts + (f" Only the first {SHOWN} bad rows are shown." if found.bad > SHOWN else ""))


def _faults(bad: "list[Row]") -> Iterator[tuple[str, str, str, str]]:
    return ((one.address, one.field, one.problem, one.remedy) for row in bad for one in row.faults)


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="To be written; .csv, .xlsx or .json says how.")],
    working: Annotated[
        bool, typer.Option("--working-copies", help="What an entity of yours works on, drafts too.")
    ] = False,
    entity: Annotated[str | None, typer.Option(help="Only of this entity; otherwise as the login says.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Of all entities, whatever the login says.")] = False,
    objective: Annotated[str | None, typer.Option(help="Only for this objective.")] = None,
    cycle: Annotated[str | None, typer.Option(help="Only in the context of this review cycle.")] = None,
    text: Annotated[str | None, typer.Option(help="Only with these words.")] = None,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Write the public pledges into a file, or with --working-copies what an entity works on, drafts too."""
    format_ = file.suffix.removeprefix(".").casefold()
    if format_ not in FORMATS:
        raise Refused(f"{file} is to be .csv, .xlsx or .json.")
    if working and (everybody or objective or cycle or text):
        raise Refused("--working-copies takes --entity and no other filters: leave out the other options.")
    if everybody and entity:
        raise Refused("--all and --entity contradict each other: leave one of them out.")
    whose = "" if everybody else entity or _own(persona, working=working, quiet=json)

    def asked(client: "Client") -> Awaitable["Download"]:
        if working:
            return client.pledges.export_working_copies(whose, format_)
        return client.pledges.export(format_, entity=whose or None, objective=objective, cycle=cycle, text=text)

    size = asyncio.run(_exported(asked, file, persona, signed_in=working))
    if json:
        show_json({"file": file, "bytes": size, "entity_id": whose or None})
    else:
        say(f"{file}: {size:,} bytes.")


def _own(persona: str | None, *, working: bool, quiet: bool) -> str:
    """Raises Refused where working copies are wanted and the login names no entity."""
    says = "Of {} alone, as your login says" + ("." if working else "; --all takes those of all entities.")
    found = _usual(persona, says, quiet=quiet)
    if working and not found:
        raise Refused("Name the entity whose working copies you want with --entity.")
    return found


async def _exported(
    asked: "Callable[[Client], Awaitable[Download]]", file: Path, persona: str | None, *, signed_in: bool
) -> int:
    async with connected(persona, signed_in=signed_in) as client:
        return await _save(await asked(client), file)


async def _save(found: "Download", file: Path) -> int:
    """Piece by piece; a file that breaks off is not left behind as if it were whole."""
    draft, size = file.with_name(f".{file.name}.part"), 0
    with draft.open("wb") as out, counting(f"Writing {file.name}") as count:
        async for piece in found:
            size += out.write(piece)
            count(size)
    draft.replace(file)
    return size
