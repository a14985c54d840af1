"""Files of pledges: the one that a pledge points at, and what somebody sends."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import UploadFile

from services.portal.access import Person
from shared.client import Conflict, NotAllowed, Refused
from shared.client.models.attachments import Attachment
from shared.client.models.pledges import WorkingCopy


async def file_of(person: Person, copy: WorkingCopy) -> Attachment | None:
    """Of what is worked on."""
    if copy.content.attachment is None:
        return None
    async for file in person.client.pledges.files(copy.pledge_id):
        if file.attachment_id == copy.content.attachment:
            return file
    return None


@dataclass(frozen=True)
class Files:
    """Those of a pledge that were not removed. `taken`: the one that the draft of its next version points at."""

    there: list[Attachment]
    taken: UUID | None

    def offered(self, chosen: Collection[str]) -> list[Attachment]:
        """As evidence: those that nobody has shown yet and nothing else needs, and those that are chosen already."""
        free = {one.attachment_id for one in self.there if one.public_since is None} - {self.taken}
        return [one for one in self.there if one.attachment_id in free or str(one.attachment_id) in chosen]

    def names(self) -> dict[str, str]:
        return {str(one.attachment_id): one.name for one in self.there}


async def files_of(person: Person, pledge_id: UUID) -> Files:
    copy = await person.client.pledges.working_copy(pledge_id)
    there = [one async for one in person.client.pledges.files(pledge_id) if one.removed_at is None]
    return Files(there, copy.content.attachment)


async def removed(person: Person, pledge_id: UUID, attachment_id: UUID) -> None:
    """One that was published stays with what shows it; one of the entity is not removed by who filed the pledge."""
    try:
        await person.client.pledges.remove_file(pledge_id, attachment_id)
    except (Conflict, NotAllowed, Refused):
        return


class Again:
    """A file that was sent to us, from its beginning for each attempt to send it on."""

    def __init__(self, file: UploadFile) -> None:
        self._file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await self._file.seek(0)
        while part := await self._file.read(65_536):
            yield part
