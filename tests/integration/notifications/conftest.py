from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.integration.notifications.people import People
from tests.integration.notifications.support import Post, opened
from tests.support.api import Services


@pytest.fixture
async def post(service: Services) -> AsyncIterator[Post]:
    async with opened(await service("notifications"), People()) as post:
        yield post


@pytest.fixture
async def known(post: Post) -> UUID:
    """A published pledge of Veridia, and the plenary of 5 December 2024."""
    pledge_id = uuid7()
    await post.knows(pledge_id, title="Schools")
    await post.knows_milestone()
    return pledge_id
