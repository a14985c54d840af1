"""Somebody in front of a browser at the Keycloak of the run, and its administrator."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.support.keycloak import Keycloak
from tests.support.parts import PASSWORD
from tests.support.realm_admin import RealmAdmin
from tests.support.sign_in import Visit

Visits = Callable[..., Visit]


@pytest.fixture
def visits(keycloak: Keycloak) -> Iterator[Visits]:
    """A fresh browser for each call, set to the language that is named."""
    with ExitStack() as open_ones:
        yield lambda language="en": open_ones.enter_context(closing(Visit(keycloak, PASSWORD, language)))


@pytest.fixture
def visit(visits: Visits) -> Visit:
    return visits()


@pytest.fixture
def admin(keycloak: Keycloak) -> Iterator[RealmAdmin]:
    with closing(RealmAdmin(keycloak.address, PASSWORD)) as admin:
        yield admin
