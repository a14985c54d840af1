"""The HTTP application of network_support."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI

from services.network_support.attachments.api import LARGER
from services.network_support.attachments.api import router as attachments
from services.network_support.board.api import router as board
from services.network_support.board.feed import Feed
from services.network_support.board.streaming import Streams
from services.network_support.clocks.api import router as clocks
from services.network_support.conversation.api import router as conversation
from services.network_support.conversation.inbound.api import LARGER as LARGER_MAILS
from services.network_support.conversation.inbound.api import router as inbound
from services.network_support.conversation.inbound.opening import Mail
from services.network_support.memberships import Memberships
from services.network_support.merging.api import router as merging
from services.network_support.offers import reply
from services.network_support.offers.api import router as offers
from services.network_support.offers.matching_api import router as matching
from services.network_support.offers.unmet import Counted
from services.network_support.offers.unmet_api import router as unmet
from services.network_support.offers.weights import weights
from services.network_support.replies.api import router as replies
from services.network_support.reports.api import router as reports
from services.network_support.requests.api import router as requests
from services.network_support.requests.steps import router as steps
from services.network_support.triage.api import router as queues
from services.network_support.triage.cases_api import router as cases
from services.network_support.triage.officers_api import router as officers
from services.network_support.triage.policy import policy as assignment
from services.network_support.work_items.api import router as work_items
from shared.files.store import Store
from shared.web.app import Parts, create

SAYS = """Entities ask the UN Network on Migration for help with their pledges (¶73), and its staff answer.

Who may act for which entity is asked of the pledges service; while that does not answer, writes are
refused with 503. How long an answer may take is counted in working time of a duty station: GET /calendars."""
ROUTERS: list[APIRouter] = [
    *(requests, steps, attachments, reports, conversation, inbound),
    *(offers, matching, unmet),
    clocks,
    *(merging, queues, cases, officers, replies, work_items, board),
]


def create_app(
    parts: Parts | None,
    pledges_url: str = "http://pledges",
    store: Store | None = None,
    mail: Callable[[Parts], Mail] | None = None,
) -> FastAPI:
    """`pledges_url`: where the pledges service is; `store`: of files; `mail`: makes what takes mails.

    Without parts: the routes only, for contracts. Raises Faulty, with file and line, when a policy file has a fault:
    then nothing is served.
    """
    weights()
    reply.words()
    assignment()
    state: dict[str, Any] = {"counted": Counted()}
    if parts is not None:
        state["memberships"] = Memberships(pledges_url, parts.http)
        feed = Feed(parts.database, parts.clock, parts.stop)
        state["streams"] = Streams(feed, parts.database, parts.clock, parts.tokens)
    if parts and mail:
        state["mail"] = mail(parts)
    return create("Network support", SAYS, parts, ROUTERS, larger=LARGER | LARGER_MAILS, store=store, **state)
