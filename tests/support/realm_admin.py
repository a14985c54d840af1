"""The running realm through Keycloak's own admin interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx

STAFF = "gcm staff"


class RealmAdmin:
    """Paths begin below /admin/realms/gcm."""

    def __init__(self, address: str, password: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=30)
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": password}
        answer = self._http.post("/realms/master/protocol/openid-connect/token", data=form)
        if answer.is_error:
            self.close()
            raise AssertionError(f"the administrator gets no token: {answer.status_code} {answer.text}")
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        return self._http.get(f"/admin/realms/gcm{path}", params=query).raise_for_status().json()

    def put(self, path: str, body: object) -> None:
        self._http.put(f"/admin/realms/gcm{path}", json=body).raise_for_status()

    def post(self, path: str, body: object) -> None:
        self._http.post(f"/admin/realms/gcm{path}", json=body).raise_for_status()

    def delete(self, path: str) -> None:
        self._http.delete(f"/admin/realms/gcm{path}").raise_for_status()

    def clients(self) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.get("/clients", max="1000"))

    def person_id(self, name: str) -> str:
        return str(self.get("/users", username=name, exact="true")[0]["id"])

    def factors(self, name: str) -> list[dict[str, Any]]:
        """What somebody signs in with, but for the password."""
        found: list[dict[str, Any]] = self.get(f"/users/{self.person_id(name)}/credentials")
        return [one for one in found if one["type"] != "password"]

    def forget_factors(self, name: str) -> None:
        for one in self.factors(name):
            self.delete(f"/users/{self.person_id(name)}/credentials/{one['id']}")

    @contextmanager
    def second_factor_for_staff(self) -> Iterator[None]:
        """As in production: what GCM_STAFF_SECOND_FACTOR=CONDITIONAL imports, in a realm that is there already."""
        self._require("CONDITIONAL")
        try:
            yield
        finally:
            self._require("DISABLED")

    def _require(self, requirement: str) -> None:
        for parent, flow in (("gcm forms", STAFF), ("gcm new password", "gcm new password of staff")):
            path = f"/authentication/flows/{parent.replace(' ', '%20')}/executions"
            [execution] = [one for one in self.get(path) if one.get("displayName") == flow]
            self.put(path, execution | {"requirement": requirement})
