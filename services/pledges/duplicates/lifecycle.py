"""Which pledge may be merged into which other one. Pure.

Only an open pledge takes others up, so a chain of merges, or of pledges that supersede one another, has an end and no
circle. It is of the same entity, or of a partner: nobody's pledge is counted as that of somebody who has no part in it.
"""

from uuid import UUID

from shared.errors import Conflict, FieldProblem, Invalid
from shared.events.pledges import PledgeSnapshot


def require_target(pledge_id: UUID, into_id: UUID, into: PledgeSnapshot | None) -> PledgeSnapshot:
    """The pledge that stays. Raises Invalid unless it is another published one, Conflict when it is closed."""
    if pledge_id == into_id:
        raise _invalid("is the pledge itself", "name the one that stays")
    if into is None:
        raise _invalid("names no published pledge", "look it up: GET /pledges")
    if into.merged:
        raise Conflict(f"The pledge that should stay was itself merged: merge into {into.superseded_by}.")
    if into.state == "closed":
        raise Conflict("The pledge that should stay is closed: a pledge is merged into an open one.")
    return into


def require_related(merged: PledgeSnapshot, into: PledgeSnapshot) -> None:
    """Raises Invalid for two entities of which neither is a partner of the other's pledge."""
    one, other = merged.entity.entity_id, into.entity.entity_id
    if one != other and other not in merged.partner_entities and one not in into.partner_entities:
        raise _invalid(
            f"is a pledge of {other}, which is no partner of {one}",
            "merge within one entity; a pledge of several names them in partner_entities first",
        )


def _invalid(problem: str, remedy: str) -> Invalid:
    return Invalid("It cannot be merged into that pledge; nothing was saved.", [FieldProblem("into", problem, remedy)])
