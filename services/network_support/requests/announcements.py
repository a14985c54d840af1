"""What others are told of a request. While it waits for its pledge: nothing. The public: ids and a status."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.requests.lifecycle import public_status
from services.network_support.requests.models import RequestHistory, SupportRequest
from shared.events.common import Change
from shared.events.registry import TYPES
from shared.events.support import SupportEvent
from shared.messaging import outbox


async def announce(session: AsyncSession, request: SupportRequest, step: RequestHistory) -> None:
    """The outbox rows of a step just taken. The caller holds the request's row, new or locked."""
    if not _is_told(request, step):
        return
    key = str(request.request_id)
    status = public_status(request.state, request.status)
    if status and status != request.status:
        request.status = status
        event = next_snapshot(request, _change(step))
        await outbox.add(session, f"support.{status}.v1", key, event, step.recorded_at)
    type_ = _workflow_type(step)
    data = TYPES[type_].data
    told = request.model_dump() | step.model_dump()
    event_data = data.model_validate({name: told[name] for name in data.model_fields})
    await outbox.add(session, type_, key, event_data, step.recorded_at)


def _is_told(request: SupportRequest, step: RequestHistory) -> bool:
    """A draft that its own people write is nobody else's business; one that the system made awaits them."""
    if request.state == "draft":
        return step.by == "system"
    return request.state != "pending_pledge" and not (request.state == "withdrawn" and request.sequence == 0)


def next_snapshot(request: SupportRequest, change: Change) -> SupportEvent:
    """The request as the public sees it; counts as one more public record of it."""
    request.sequence += 1
    ids = {"request_id": request.request_id, "pledge_id": request.pledge_id, "sequence": request.sequence}
    return SupportEvent.model_validate({"support": {**ids, "status": request.status}, "change": change})


def _change(step: RequestHistory) -> Change:
    action = "requested" if step.step in {"opened", "decided"} else step.step
    return Change.model_validate({"action": action, "at": step.at, "by": step.by})


def _workflow_type(step: RequestHistory) -> str:
    if step.step in {"opened", "decided"}:
        return "request.refused.v1" if step.state == "refused" else "request.received.v1"
    return f"request.{step.step}.v1"
