"""The HTTP interface of the pledges service."""

from fastapi import APIRouter, FastAPI

from services.pledges.advice.api import router as advice
from services.pledges.attachments.api import LARGER
from services.pledges.attachments.api import router as attachments
from services.pledges.duplicates.api import router as duplicates
from services.pledges.entities.api import router as entities
from services.pledges.exchange.api import router as exchange
from services.pledges.invitations.api import router as invitations
from services.pledges.people.api import router as people
from services.pledges.presentations.api import router as presentations
from services.pledges.progress.api import router as progress
from services.pledges.progress.partners_api import router as partners
from services.pledges.progress.sealing import Seal
from services.pledges.registry.api import router as registry
from services.pledges.reviews.api import router as reviews
from services.pledges.search.api import router as search
from services.pledges.statistics.api import router as statistics
from shared.files.store import Store
from shared.web.app import Parts, create

SAYS = "Who pledges, what was pledged, how it goes, and what the reviews of the Compact make of it."
ROUTERS: list[APIRouter] = [
    search,  # before the registry: its /pledges/facets is no pledge's id
    registry,  # routes are tried one after the other, and most requests are for these two
    *(entities, invitations, people),
    *(advice, attachments, duplicates, progress, partners, reviews, presentations, statistics, exchange),
]


def create_app(parts: Parts | None, seal: Seal | None = None, store: Store | None = None) -> FastAPI:
    """`seal`: of action links, `store`: of files. Without parts: the routes only, for contracts."""
    return create("Pledges", SAYS, parts, ROUTERS, larger=LARGER, seal=seal, store=store)
