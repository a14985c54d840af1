"""Databases and roles of the services in one PostgreSQL cluster: no role can connect to another's database."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import asyncpg


def roles(services: Iterable[str], password: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """By database, the passwords of its roles, of which the first owns it: those of the services, and Keycloak's."""
    owned = {service: (f"{service}_owner", service) for service in services} | {"keycloak": ("keycloak",)}
    return {name: {role: password(role) for role in named} for name, named in owned.items()}


# whatever the cluster's own are: texts in Unicode, ordered and lowered by its code points on every machine alike
CREATE = (
    "create database %I owner %I template %I encoding 'UTF8'"
    " locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"
)


async def create_roles(connection: Any, passwords: Mapping[str, str]) -> None:
    """Makes the roles that are missing and gives all of them these passwords."""
    for role, password in passwords.items():
        known = await connection.fetchval("select true from pg_roles where rolname = $1", role)
        await _run(
            connection, "alter role %I password %L" if known else "create role %I login password %L", role, password
        )


async def create_database(connection: Any, name: str, owner: str, *others: str, template: str = "template0") -> bool:
    """Makes a database that only its owner and `others` can connect to; false if it is there already."""
    if await connection.fetchval("select true from pg_database where datname = $1", name):
        return False
    await _run(connection, CREATE, name, owner, template)
    await _run(connection, "revoke connect, temporary on database %I from public", name)
    for role in (owner, *others):
        await _run(connection, "grant connect, temporary on database %I to %I", name, role)
    return True


async def close_common_databases(connection: Any) -> None:
    """PostgreSQL lets everybody into these two, where roles of different services would meet."""
    await connection.execute("revoke connect, temporary on database postgres, template1 from public")


async def create(url: str, databases: Mapping[str, Mapping[str, str]]) -> None:
    """Databases by name, each with the passwords of its roles, of which the first owns it; what is there stays.

    `url` is the superuser's.
    """
    connection = await asyncpg.connect(url)
    try:
        await close_common_databases(connection)
        for name, passwords in databases.items():
            await create_roles(connection, passwords)
            await create_database(connection, name, *passwords)
    finally:
        await connection.close()


async def _run(connection: Any, statement: str, *words: str) -> None:
    """PostgreSQL itself quotes the names and passwords."""
    places = ", ".join(f"${number}::text" for number in range(2, len(words) + 2))
    await connection.execute(await connection.fetchval(f"select format($1, {places})", statement, *words))
