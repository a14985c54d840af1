"""gcm pledge attach: a file goes to a pledge."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.connect import As
from cli.output import Json, counting, say, show_json
from cli.pledge.asking import Id, ask
from shared.refusal import Refused

if TYPE_CHECKING:
    from shared.client import Client
    from shared.client.models.attachments import Attachment

PART = 64 * 1024  # bytes


def register(group: typer.Typer) -> None:
    group.command()(attach)


def attach(
    pledge_id: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="At most 25 MiB; its kind is told by its content.")],
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="For a report, whose --evidence names its id: the pledge does not change."),
    ] = False,
    persona: As = None,
    *,
    json: Json = False,
) -> None:
    """Send a file and make it the pledge's attachment; of a published pledge this begins an amendment."""
    content = _read(file)

    async def work(client: "Client") -> "Attachment":
        seen = "" if evidence else (await client.pledges.working_copy(pledge_id)).etag
        with counting(f"Sending {file.name}", len(content)) as count:
            sent = await client.pledges.upload(pledge_id, Parts(content, count), name=file.name)
        if not evidence:
            await client.pledges.patch(pledge_id, {"attachment": str(sent.attachment_id)}, seen=seen)
        return sent

    _show(ask(work, persona), as_json=json)


def _show(sent: "Attachment", *, as_json: bool) -> None:
    if as_json:
        show_json(sent)
    else:
        say(f"{sent.name} is sent ({sent.media_type}, {sent.size:,} bytes): {sent.attachment_id}")


def _read(file: Path) -> bytes:
    from shared.web.limits import LARGEST_FILE

    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    if (size := file.stat().st_size) > LARGEST_FILE:
        raise Refused(f"{file} has {size:,} bytes; at most {LARGEST_FILE:,} are taken.")
    return file.read_bytes()


class Parts:
    """Bytes part by part, from the beginning for each attempt to send them; `count` hears how many left."""

    def __init__(self, content: bytes, count: Callable[[int], None]) -> None:
        self._content = content
        self._count = count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for begin in range(0, len(self._content), PART):
            part = self._content[begin : begin + PART]
            yield part
            self._count(begin + len(part))
