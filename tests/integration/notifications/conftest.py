from collections.abc import AsyncIterator

import pytest

from tests.integration.notifications.support import People, Post, opened
from tests.support.api import Services


@pytest.fixture
async def post(service: Services) -> AsyncIterator[Post]:
    async with opened(await service("notifications"), People()) as post:
        yield post
