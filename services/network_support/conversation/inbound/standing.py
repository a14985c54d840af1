"""Whether somebody may still write for an entity: asked of the pledges service when their mail has arrived."""

from typing import Literal

from pydantic import BaseModel, ValidationError

from shared.asking import Asking
from shared.errors import Unavailable


class Standing(BaseModel):
    """`own_address`: the mail says that it is from the address that the person has given."""

    role: Literal["focal_point", "delegate", "viewer"] | None
    own_address: bool

    @property
    def may_write(self) -> bool:
        return self.role in {"focal_point", "delegate"}


async def standing(pledges: Asking, person: str, entity_id: str, address: str) -> Standing:
    """Raises Unavailable: the mail is then left where it is, and comes again."""
    asked = {"person_id": person, "entity_id": entity_id, "address": address[:1_000]}
    try:
        return Standing.model_validate(await pledges.post("/contacts/standing", asked))
    except ValidationError:
        raise Unavailable("The pledges service answers something that tells of nobody's standing.") from None
