"""What an address says of itself: its methods, and in the OpenAPI document its callers and the headers that must be."""

from typing import Any

import pytest

from tests.support.api import Services


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/entities", "GET, POST"),
        ("/pledges/0190a5f0-0000-7000-8000-000000000001", "GET, PATCH, PUT"),
        ("/pledges/facets", "GET"),  # and no pledge of that id
    ],
)
async def test_allow_names_every_method_of_the_address(service: Services, path: str, allowed: str) -> None:
    answer = await (await service("pledges")).client.request("OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_the_document_says_who_needs_a_token_and_which_headers_must_be(service: Services) -> None:
    paths: dict[str, Any] = (await service("pledges")).app.openapi()["paths"]
    assert "security" not in paths["/pledges"]["get"]
    assert paths["/pledges"]["post"]["security"] == [{"bearer": []}]
    headers = {one["name"]: one for one in paths["/pledges/{pledge_id}/submit"]["post"]["parameters"]}
    assert headers["idempotency-key"]["required"]
    assert headers["if-match"]["required"]


@pytest.mark.parametrize("query", ["silent_since=0", "as_of=9999-12-31", "period_from=1899-12-31"])
async def test_a_filter_takes_days_as_everywhere(service: Services, query: str) -> None:
    answer = await (await service("pledges")).client.get(f"/pledges?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]
