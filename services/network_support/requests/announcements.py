"""What others are told of a request. While it waits for its pledge: nothing. The public: ids and a status."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.requests.lifecycle import State, public_status
from services.network_support.requests.models import RequestHistory, SupportRequest
from shared.events.common import Change
from shared.events.support import RequestStep, SupportEvent
from shared.messaging import outbox

_PUBLIC: dict[State, str] = {"submitted": "support.requested.v1", "withdrawn": "support.withdrawn.v1"}
_WORKFLOW: dict[State, str] = {
    "submitted": "request.received.v1",
    "refused": "request.refused.v1",
    "acknowledged": "request.acknowledged.v1",
    "withdrawn": "request.withdrawn.v1",
}


async def announce(session: AsyncSession, request: SupportRequest, step: RequestHistory) -> None:
    """The outbox rows of a step just taken. The caller holds the request's row, new or locked."""
    if request.state == "pending_pledge" or (request.state == "withdrawn" and request.sequence == 0):
        return  # nobody was told that it exists
    key = str(request.request_id)
    if public := _PUBLIC.get(request.state):
        event = next_snapshot(request, _change(step))
        await outbox.add(session, public, key, event, step.recorded_at)
    await outbox.add(session, _WORKFLOW[request.state], key, _workflow_data(request), step.recorded_at)


def next_snapshot(request: SupportRequest, change: Change) -> SupportEvent:
    """The request as the public sees it; counts as one more public record of it."""
    request.sequence += 1
    ids = {"request_id": request.request_id, "pledge_id": request.pledge_id, "sequence": request.sequence}
    return SupportEvent.model_validate({"support": {**ids, "status": public_status(request.state)}, "change": change})


def _change(step: RequestHistory) -> Change:
    action = "requested" if step.state == "submitted" else step.step
    return Change.model_validate({"action": action, "at": step.at, "by": step.by})


def _workflow_data(request: SupportRequest) -> RequestStep:
    names = ("request_id", "pledge_id", "entity_id", "state", "revision")
    return RequestStep.model_validate({name: getattr(request, name) for name in names})
