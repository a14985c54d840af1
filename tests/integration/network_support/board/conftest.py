import pytest

from tests.integration.network_support.board.listening import quick
from tests.integration.network_support.support import Support
from tests.integration.network_support.triage.desk import Desk


@pytest.fixture
async def desk(support: Support) -> Desk:
    """With an officer; its boards look often."""
    made = Desk(support)
    await made.officer()
    quick(support.service)
    return made
