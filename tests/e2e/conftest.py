"""The personas that the end-to-end tests act as."""

import pytest

from tests.support.stack import Person, Stack


@pytest.fixture(scope="session")
def amina(stack: Stack) -> Person:
    return stack.person("amina")


@pytest.fixture(scope="session")
def noor(stack: Stack) -> Person:
    return stack.person("noor")


@pytest.fixture(scope="session")
def kofi(stack: Stack) -> Person:
    return stack.person("kofi")
