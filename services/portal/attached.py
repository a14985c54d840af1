"""The file that a pledge points at."""

from services.portal.access import Person
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
