from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.integration.network_support.support import People, Support
from tests.support.api import Services


@pytest.fixture
async def support(service: Services) -> Support:
    people = People()
    http = httpx.AsyncClient(transport=httpx.MockTransport(people))
    return Support(await service("network_support", http=http), people)


@pytest.fixture
def pledge() -> UUID:
    """The id of a pledge that the service has not heard of yet."""
    return uuid7()
