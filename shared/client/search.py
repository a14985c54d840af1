"""The public list. Several values of one filter mean any of them; all filters together must fit."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.pledges import PublicItem
from shared.client.models.search import Facets, Sparse
from shared.client.room import Room
from shared.client.sending import at

Values = str | Sequence[str] | None


class Filters(TypedDict, total=False):
    """Of published pledges, wherever they are listed, counted or exported; None: any."""

    text: str | None
    entity: Values
    entity_kind: Values
    group: Values
    objective: Values
    principle: Values
    commitment: Values
    form: Values
    kind: Values
    state: Values
    closed_reason: Values
    status: Values
    cycle: Values
    level: Values
    country: Values
    sdg_target: Values
    framework: Values
    partner: Values
    language: Values
    origin: Values
    support: Values
    round_table: int | Sequence[int] | None
    as_of: date | None
    has_support_request: bool | None
    silent_since: date | None
    period_from: date | None
    period_to: date | None
    published_from: date | None
    published_to: date | None


class Search(Room):
    """What anybody may find."""

    def list(
        self,
        *,
        fields: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **filters: Unpack[Filters],
    ) -> Listing[Page[PublicItem], PublicItem]:
        """Published pledges, newest first. With `fields` ("title,status") the items are Sparse, with those alone."""
        page: Any = Page[PublicItem] if fields is None else Page[Sparse]
        return self._to.pages(at("pledges"), page, **filters, fields=fields, limit=limit, cursor=cursor)

    async def facets(self, *, of: Values = None, **filters: Unpack[Filters]) -> Facets:
        """How many pledges each value would leave, counted under the other filters."""
        return await self._to.get(at("pledges", "facets"), Facets, **filters, of=of)
