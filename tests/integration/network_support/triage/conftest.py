import pytest

from tests.integration.network_support.support import Support
from tests.integration.network_support.triage.desk import Desk


@pytest.fixture
def desk(support: Support) -> Desk:
    return Desk(support)
