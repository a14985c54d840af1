"""Officers at the desk, and what they do there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from services.network_support.handlers import SUBSCRIPTIONS, entity_changed
from shared.events.entities import EntityEvent, Group
from shared.events.envelope import Data, Event
from shared.events.examples import EXAMPLES
from shared.messaging.subscriptions import Effect
from tests.integration.network_support.support import STAFF, Support
from tests.support.tokens import bearer

NORA, OMAR = "nora", "omar"  # nora is whom STAFF calls as
AS_OMAR = bearer(OMAR, "network_staff")


@dataclass(frozen=True)
class Desk:
    support: Support

    async def get(self, path: str, headers: dict[str, str] = STAFF) -> Any:
        answer = await self.support.get(path, headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(
        self, path: str, body: object = None, headers: dict[str, str] = STAFF, seen: int | None = None
    ) -> httpx.Response:
        sent = headers | ({"If-Match": f'"{seen}"'} if seen is not None else {})
        return await self.support.service.client.put(path, json=body, headers=sent)

    async def delete(self, path: str, headers: dict[str, str] = STAFF, seen: int | None = None) -> httpx.Response:
        sent = headers | ({"If-Match": f'"{seen}"'} if seen is not None else {})
        return await self.support.service.client.delete(path, headers=sent)

    async def officer(self, headers: dict[str, str] = STAFF, **fields: object) -> None:
        """Somebody of the staff comes to the desk for the first time, and says what they can be given."""
        answer = await self.put("/me/officer", fields, headers, seen=0)
        assert answer.status_code == 200, answer.text

    async def case(self, case: str | dict[str, Any], headers: dict[str, str] = STAFF) -> Any:
        case_id = case if isinstance(case, str) else case.get("case_id") or case["request_id"]
        return await self.get(f"/cases/{case_id}", headers)

    async def does(
        self, act: str, case: dict[str, Any], headers: dict[str, str] = STAFF, seen: int | None = None, **body: object
    ) -> httpx.Response:
        case_id = case.get("case_id") or case["request_id"]
        known = (await self.case(case))["revision"] if seen is None else seen
        return await self.support.post(f"/cases/{case_id}/{act}", body or None, headers, known)

    async def ids(self, path: str, headers: dict[str, str] = STAFF) -> list[str]:
        return [item["case_id"] for item in (await self.get(path, headers))["items"]]

    async def acts(self, case: dict[str, Any]) -> list[str]:
        case_id = case.get("case_id") or case["request_id"]
        return [line["act"] for line in (await self.get(f"/cases/{case_id}/history"))["items"]]

    async def submitted(self, pledge: UUID, **changed: Any) -> dict[str, Any]:
        """A request that is in order; its pledge is known."""
        await self.support.hears(pledge, entity=changed.get("entity_id", "veridia"))
        return await self.support.opened(pledge, **changed)

    async def knows(self, entity_id: str, region: str) -> None:
        """A record of gcm.entities."""
        example = EXAMPLES["entity.changed.v1"]
        assert isinstance(example, EntityEvent)
        changed = {"entity_id": entity_id, "groups": [Group(code=region)]}
        data = example.model_copy(update={"entity": example.entity.model_copy(update=changed)})
        async with self.support.service.database.transaction() as session:
            moment = self.support.moment
            event = Event(uuid7(), "entity.changed.v1", "pledges", entity_id, moment.system, data)
            await entity_changed(session, event, moment)

    async def hears(self, type_: str, data: Data) -> None:
        """An event of another service, handled as the consumer does. A second call is the same fact told again."""
        async with self.support.service.database.transaction() as session:
            event = Event(uuid7(), type_, "another", "key", self.support.moment.system, data)
            await _handler(type_)(session, event, self.support.moment)


def _handler(type_: str) -> Any:
    return next(one.handlers[type_] for one in SUBSCRIPTIONS if isinstance(one, Effect) and type_ in one.handlers)
