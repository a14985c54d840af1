"""The public list. Several values of one filter mean any of them; all filters together must fit."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shared.client.lists import Listing
from shared.client.models.base import Page
from shared.client.models.pledges import PublicItem
from shared.client.models.search import Facets, Sparse
from shared.client.room import Room
from shared.client.sending import at

Values = str | Sequence[str] | None


class Search(Room):
    """What anybody may find."""

    def list(
        self,
        *,
        text: str | None = None,
        entity: Values = None,
        entity_kind: Values = None,
        group: Values = None,
        objective: Values = None,
        principle: Values = None,
        commitment: Values = None,
        form: Values = None,
        kind: Values = None,
        state: Values = None,
        closed_reason: Values = None,
        status: Values = None,
        cycle: Values = None,
        level: Values = None,
        country: Values = None,
        sdg_target: Values = None,
        framework: Values = None,
        partner: Values = None,
        language: Values = None,
        origin: Values = None,
        support: Values = None,
        round_table: int | Sequence[int] | None = None,
        as_of: date | None = None,
        has_support_request: bool | None = None,
        silent_since: date | None = None,
        period_from: date | None = None,
        period_to: date | None = None,
        published_from: date | None = None,
        published_to: date | None = None,
        fields: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Listing[Page[PublicItem], PublicItem]:
        """Published pledges, newest first. With `fields` ("title,status") the items are Sparse, with those alone."""
        page: Any = Page[PublicItem] if fields is None else Page[Sparse]
        return self._to.pages(at("pledges"), page, **given(locals(), "page"))

    async def facets(
        self,
        *,
        text: str | None = None,
        entity: Values = None,
        entity_kind: Values = None,
        group: Values = None,
        objective: Values = None,
        principle: Values = None,
        commitment: Values = None,
        form: Values = None,
        kind: Values = None,
        state: Values = None,
        closed_reason: Values = None,
        status: Values = None,
        cycle: Values = None,
        level: Values = None,
        country: Values = None,
        sdg_target: Values = None,
        framework: Values = None,
        partner: Values = None,
        language: Values = None,
        origin: Values = None,
        support: Values = None,
        round_table: int | Sequence[int] | None = None,
        as_of: date | None = None,
        has_support_request: bool | None = None,
        silent_since: date | None = None,
        period_from: date | None = None,
        period_to: date | None = None,
        published_from: date | None = None,
        published_to: date | None = None,
        of: Values = None,
    ) -> Facets:
        """How many pledges each value would leave, counted under the other filters."""
        return await self._to.get(at("pledges", "facets"), Facets, **given(locals()))


def given(wanted: Mapping[str, Any], *others: str) -> dict[str, Any]:
    """The filters among a method's local names; an empty text is none."""
    return {name: value for name, value in wanted.items() if name not in {"self", *others} and value is not None}
