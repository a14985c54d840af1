"""A made-up pledges service with its people, as far as notifications asks it, and what it asks network_support."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

AT = "2024-10-01T00:00:00Z"
ZONES = {"kiri": "Pacific/Kiritimati", "baker": "Etc/GMT+12", "john": "America/St_Johns", "howe": "Australia/Lord_Howe"}


@dataclass
class People:
    """The pledges service as far as it is asked, and the identity provider. `before` runs before each answer."""

    focal_points: dict[str, list[str]] = field(
        default_factory=lambda: {"veridia": ["amina", "bao"], "kalmora": ["kofi"]}
    )
    delegates: dict[str, list[str]] = field(default_factory=dict)
    desk: list[str] = field(default_factory=lambda: ["nora"])
    unknown: set[str] = field(default_factory=set)
    languages: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # of those who have another one than their name
    title: str | None = "Schools"
    filed_by: str | None = None
    author: str = "dario"  # of each report; none: a focal point made it
    withdrawn: bool | None = None  # whether handovers were; None: both are told
    invited: str = "dora"
    asker: str = "dario"
    writer: str = "amina"
    messages: dict[int, str] = field(default_factory=lambda: {1: "Which consulates?"})
    down: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    before: Callable[[str], Any] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path] += 1
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        if self.before and (waiting := self.before(request.url.path)):
            await waiting
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        asked = json.loads(request.content)
        return httpx.Response(200, json=self._answers[request.url.path](asked))

    @property
    def _answers(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "/contacts/search": self._search,
            "/contacts/resolve": self._resolve,
            "/contacts/author": self._author,
            "/contacts/spoken": self._spoken,
            "/contacts/handover": self._told,
            "/contacts/invited": self._invited,
            "/messages/resolve": self._message,
        }

    def _spoken(self, asked: dict[str, Any]) -> dict[str, Any]:
        person = asked["person_id"]
        told = {"language": self.languages.get(person, "en"), "time_zone": ZONES.get(person, "UTC")}
        return {"reachable": person not in self.unknown, "desk": person in self.desk, **told}

    def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.withdrawn is not None and asked["withdrawn"] != self.withdrawn:
            return {"reachable": False, "reason": "over"}
        two = ("amina", "bruno") if asked["part"] == "former" else ("bruno", "amina")
        told = {"name": two[0].title(), "other": two[1].title(), "since": AT}
        return self._about(address(two[0]), person_id=two[0], **told)

    def _author(self, _: dict[str, Any]) -> dict[str, Any]:
        if not self.author:
            return {"reachable": False, "reason": "focal_point"}
        return self._about(address(self.author), person_id=self.author, pledge_title="Schools")

    def _invited(self, _: dict[str, Any]) -> dict[str, Any]:
        if not self.invited:
            return {"reachable": False, "reason": "over"}
        return self._about(address(self.invited), role="delegate", expires_at=AT, token="gAAAA_invitation")

    def _message(self, asked: dict[str, Any]) -> dict[str, Any]:
        """network_support, which is asked here too."""
        said = self.messages.get(asked["number"], "") if asked["number"] else ""
        person = asked["person_id"] or (self.writer if asked["mail_id"] else self.asker)
        reply_to = f"reply+{person}@reply.demo.invalid"
        return {"person_id": person, "text": said or None, "asks": said.endswith("?"), "reply_to": reply_to}

    def _about(self, to: str, **more: str) -> dict[str, Any]:
        plain = {"reachable": True, "address": to, "language": self.languages.get(to, "en"), "entity_name": "Veridia"}
        return plain | more

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        [role] = asked["roles"]
        acting = {"focal_point": self.focal_points, "delegate": self.delegates}[role]
        assert len(asked["entity_ids"]) <= 200
        known = {entity: acting.get(entity, []) for entity in asked["entity_ids"]}
        return {
            "entities": {entity: [_person(one) for one in people] for entity, people in known.items() if people},
            "desk": [_person(one) for one in self.desk] if asked["desk"] else [],
        }

    def _resolve(self, asked: dict[str, Any]) -> dict[str, Any]:
        person, entity = asked["person_id"], asked["entity_id"]
        if asked["desk"] and person not in self.desk:
            return {"reachable": False, "reason": "not_on_duty"}
        acting = {"focal_point": self.focal_points, "delegate": self.delegates}
        if not asked["desk"] and not any(person in acting[role].get(entity, []) for role in asked["roles"]):
            return {"reachable": False, "reason": "no_membership"}
        return {
            "reachable": True,
            "person_id": person,
            "address": self.addresses.get(person, address(person)),
            "name": person.title(),
            "language": self.languages.get(person, "en"),
            "time_zone": ZONES.get(person, "UTC"),
            "entity_name": entity.title(),
            "pledge_title": self.title if asked["pledge_id"] else None,
            "pledge_entity": "Veridia" if asked["pledge_id"] else None,
            "filed_by": self.filed_by,
        }


def address(person: str) -> str:
    return person if "@" in person else f"{person}@demo.invalid"


def _person(person: str) -> dict[str, str]:
    return {"person_id": person, "time_zone": ZONES.get(person, "UTC")}
