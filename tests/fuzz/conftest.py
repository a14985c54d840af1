"""The service runs on a real PostgreSQL, as in tests/integration."""

from tests.integration.conftest import databases, pledges, service

__all__ = ["databases", "pledges", "service"]
