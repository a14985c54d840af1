"""What the clocks of a request do when a step is taken."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.network_support.requests.lifecycle import Step
from services.network_support.requests.models import SupportRequest
from shared.clock import Moment


async def after(session: AsyncSession, request: SupportRequest, step: Step, moment: Moment) -> None:
    """In the transaction of the step, with the request locked and already in its new state."""
