"""Routes of the public list."""

from enum import Enum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.pledges.search import queries
from services.pledges.search.filters import Filters
from services.pledges.search.queries import FACETS, USUAL, Wanted
from services.pledges.search.schemas import Facets, PublicPage
from shared.web.app import Using
from shared.web.auth import ANYONE
from shared.web.etag import SeenBefore, of_body, unless_known
from shared.web.pagination import next_link
from shared.web.writing import Answer

router = APIRouter(dependencies=[Depends(ANYONE)])
READ: list[str | Enum] = ["pledges: public"]


class Listing(Filters):
    fields: str | None = Field(
        default=None,
        max_length=1000,
        description="Only these fields of each pledge, separated by commas; any of a pledge's may be named",
        examples=["title,entity,status"],
    )
    limit: int = Field(default=20, ge=1, le=100, description="How many at most")
    cursor: str | None = Field(
        default=None, max_length=500, description="From the Link header or `next` of the page before"
    )


class Counting(Filters):
    of: Annotated[list[Literal[tuple(FACETS)]], Field(max_length=len(FACETS))] = Field(  # type: ignore[valid-type]
        default=list(USUAL), description="Of these filters", examples=[["objective", "status"]]
    )


@router.get("/pledges", tags=READ, response_model=PublicPage, summary="Published pledges, the newest first")
async def public_list(
    request: Request, asked: Annotated[Listing, Query()], parts: Using, seen: SeenBefore = None
) -> Response:
    """In the order of first publication. Pledges that were merged into others are left out.

    A filter that is given twice means either value; all filters together must fit. A cursor stays where it is: what is
    published meanwhile stands before it.
    """
    plain = Filters.model_construct(**{name: getattr(asked, name) for name in Filters.model_fields})
    fields = tuple(name.strip() for name in asked.fields.split(",")) if asked.fields is not None else ()
    async with parts.database.transaction() as session:
        wanted = Wanted(plain, asked.limit, asked.cursor, fields)
        body, more = await queries.page(session, wanted, parts.clock.business().date())
    return unless_known(seen, of_body(body), Answer(200, body, next_link(request, more)).response())


@router.get("/pledges/facets", tags=READ, response_model=Facets, summary="How many pledges each value would leave")
async def facets(asked: Annotated[Counting, Query()], parts: Using, seen: SeenBefore = None) -> Response:
    """Exact, whatever the filters: each filter's values counted under all the other filters."""
    plain = Filters.model_construct(**{name: getattr(asked, name) for name in Filters.model_fields})
    async with parts.database.transaction() as session:
        found = await queries.counts(session, plain, asked.of, parts.clock.business().date())
    body = found.model_dump_json()
    return unless_known(seen, of_body(body), Answer(200, body).response())
