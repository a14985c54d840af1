"""shared.client against the OpenAPI documents of the services: every route, every query parameter, every field."""

import inspect
import json
import re
import typing
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared.client import Addresses, Client, ProblemError
from shared.client.client import Pledges
from shared.client.models import (
    advice,
    attachments,
    campaigns,
    clocks,
    conversation,
    desk,
    duplicates,
    entities,
    exchange,
    members,
    notifications,
    offers,
    people,
    pledges,
    rehearsals,
    reports,
    reviews,
    search,
    statistics,
    support,
)
from shared.client.models.base import Page
from shared.client.notifications import Notifications
from shared.client.room import Room
from shared.client.support import Support

OPENAPI = Path(__file__).resolve().parents[2] / "docs" / "contracts" / "openapi"
SERVICES = {"pledges": Pledges, "network_support": Support, "notifications": Notifications}
CONTACTS = {f"/contacts/{one}" for one in ("search", "resolve", "author", "handover", "invited", "spoken", "standing")}
FOR_MACHINES = {"/livez", "/readyz", "/bounces", "/messages/resolve", "/inbound/mail"} | CONTACTS  # of no use outside

Route = tuple[str, str, frozenset[str]]  # method, path, names of query parameters


def document(service: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((OPENAPI / f"{service}.json").read_text())
    return read


def offered(service: str) -> set[Route]:
    paths = document(service)["paths"].items()
    return {
        (
            method.upper(),
            re.sub(r"\{\w+\}", "{}", path),
            frozenset(one["name"] for one in says.get("parameters", []) if one["in"] == "query"),
        )
        for path, methods in paths
        if path not in FOR_MACHINES
        for method, says in methods.items()
    }


def arguments(method: Any) -> dict[str, Any]:
    """Something for every parameter: a text, or the model that is asked for, unfilled."""
    hints = typing.get_type_hints(method)
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            [filters] = typing.get_args(hints[name])  # of Unpack
            given |= {each: f"~{each}~" for each in typing.get_type_hints(filters)}
            continue
        model = inspect.isclass(hints[name]) and issubclass(hints[name], BaseModel)
        given[name] = hints[name].model_construct() if model else f"~{name}~"
    return given


async def called(room: type[Room]) -> AsyncIterator[httpx.Request]:
    """The requests that the client's methods make, one each."""
    seen: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(404)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        client = Client(Addresses("http://test", "http://test", "http://test"), http=http)
        part = next(part for part in vars(client).values() if type(part) is room)
        for name, method in inspect.getmembers(part, inspect.ismethod):
            if not name.startswith("_"):
                with pytest.raises(ProblemError):
                    await method(**arguments(method))
                yield seen.pop()


def route(request: httpx.Request) -> Route:
    """With `{}` for what was given: ~pledge_id~ in one segment."""
    path = "/".join("{}" if segment.startswith("~") else segment for segment in request.url.path.split("/"))
    return request.method, path, frozenset(request.url.params)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_has_a_method_with_its_query_parameters(service: str) -> None:
    assert {route(request) async for request in called(SERVICES[service])} == offered(service)


def models() -> dict[str, list[tuple[str, type[BaseModel]]]]:
    """By service: the names of schemas, and the client's models for them."""
    p, n, s = "pledges", "notifications", "network_support"
    renamed: dict[str, dict[str, type[BaseModel]]] = {
        p: {
            "AttachmentOut": attachments.Attachment,
            "AttachmentPage": Page[attachments.Attachment],
            "EntityOut": entities.Entity,
            "MembershipOut": entities.Membership,
            "GroupMembership": entities.Group,
            "InvitationOut": members.Invitation,
            "HandoverOut": members.Handover,
            "PersonOut": people.Person,
            "PledgeSnapshot": pledges.Snapshot,
            "Support": pledges.SupportStatus,
            "CycleOut": reviews.Cycle,
            "MilestoneOut": reviews.Milestone,
            "Entities": Page[entities.Entity],
            "Handovers": Page[members.Handover],
            "Members": Page[entities.Member],
            "Invitations": Page[members.InvitationListed],
            "PublicPage": Page[pledges.PublicItem],
            "PublicSteps": Page[pledges.PublicStep],
            "WorkPage": Page[pledges.WorkItem],
            "UpdatePage": Page[reports.Update],
            "AnsweredPage": Page[reports.Answered],
            "AwaitedPage": Page[reports.Awaited],
            "CheckPage": Page[reports.CheckAsked],
            "Reviews": Page[reviews.Cycle],
            "OutcomePage": Page[reviews.OutcomeOut],
            "MilestoneSteps": Page[reviews.MilestoneStep],
            "PresentationOut": reviews.Presentation,
            "Presentations": Page[reviews.Presentation],
            "MergedPage": Page[duplicates.Merged],
            "ImportPage": Page[exchange.Import],
            "RowPage": Page[exchange.Row],
        },
        n: {
            "DeliveryShown": notifications.Delivery,
            "ReminderShown": notifications.Reminder,
            "Wanted": rehearsals.WantedRehearsal,
            "Move": rehearsals.MilestoneMove,
            "Day": rehearsals.RehearsedDay,
            "RehearsalShown": rehearsals.Rehearsal,
            "RehearsalPage": Page[rehearsals.Rehearsal],
            "Listed": rehearsals.RehearsedPledge,
            "Mail": rehearsals.RehearsedMail,
            "MailPage": Page[rehearsals.RehearsedMail],
            "Said": rehearsals.RehearsedLanguage,
            "MailSaid": rehearsals.RehearsedText,
            "Difference": rehearsals.RehearsalDifference,
            "DifferencePage": Page[rehearsals.RehearsalDifference],
            "PauseShown": rehearsals.Pause,
            "PausePage": Page[rehearsals.Pause],
            "CampaignShown": campaigns.Campaign,
            "CampaignPage": Page[campaigns.CampaignTotals],
            "SuppressionShown": notifications.Suppression,
            "SuppressionPage": Page[notifications.Suppression],
            "DeliveryPage": Page[notifications.Delivery],
            "ReminderPage": Page[notifications.Reminder],
        },
        s: {
            "RequestView": support.Request,
            "Wish": support.Opening,
            "Refused": support.Refusal,
            "RequestPage": Page[support.Request],
            "History": Page[support.HistoryLine],
            "Attachments": Page[support.AttachmentView],
            "OfferView": offers.Offer,
            "OfferPage": Page[offers.Offer],
            "OfferLines": Page[offers.OfferLine],
            "Suggestions": Page[offers.Suggested],
            "MatchView": offers.Match,
            "Matches": Page[offers.Match],
            "ClockView": clocks.RequestClock,
            "CalendarView": clocks.Calendar,
            "DayView": clocks.Day,
            "RunView": clocks.ClockRun,
            "CalendarList": Page[clocks.Calendar],
            "DayList": Page[clocks.Day],
            "RunList": Page[clocks.ClockRun],
            **OF_THE_DESK,
            "MessageView": conversation.Message,
            "MessagePage": Page[conversation.Message],
            "MailPage": Page[conversation.MailLine],
        },
    }
    rooms = {
        p: (
            *(pledges, reports, advice, attachments, duplicates, exchange),
            *(entities, members, people, reviews, search, statistics),
        ),
        n: (notifications, rehearsals, campaigns),
        s: (support, offers, clocks, desk, conversation),
    }
    found: dict[str, list[tuple[str, type[BaseModel]]]] = {}
    for service, special in renamed.items():
        same: dict[str, Any] = {name: model for room in rooms[service] for name, model in vars(room).items()}
        schemas = [name for name, says in schemas_of(service).items() if says["type"] == "object"]
        found[service] = [
            (name, special.get(name) or same[name.rpartition("__")[2]])
            for name in schemas
            if name not in MACHINES_MODELS
        ]
    return found


OF_THE_DESK: dict[str, type[BaseModel]] = {
    "CaseView": desk.Case,
    "CasePage": Page[desk.CaseLine],
    "CaseHistoryLine": desk.CaseStep,
    "CaseHistoryView": Page[desk.CaseStep],
    "HandBack": desk.Because,
    "QueueView": desk.Queue,
    "QueueCount": desk.CountedQueue,
    "Queues": Page[desk.CountedQueue],
    "OfficerView": desk.Officer,
    "Officers": Page[desk.Officer],
    "ReplyView": desk.SavedReply,
    "Replies": Page[desk.SavedReply],
    "Preview": desk.MergePreview,
    "Candidates": Page[desk.Candidate],
    "MergedRequests": Page[desk.MergedRequest],
    "WorkItemView": desk.WorkItem,
}
MACHINES_MODELS = {"Search", "Found", "Reachable", "Resolve", "Resolved", "Unreachable"} | {
    *("WhomToTell", "WhoReported", "Told", "WhomToInvite", "Invited", "Taken"),
    *("WhoWrote", "Standing", "Wanted", "Mailed", "Arrived", "Spoken", "Whom"),
}


def schemas_of(service: str) -> dict[str, Any]:
    schemas: dict[str, Any] = document(service)["components"]["schemas"]
    return schemas


def kinds(schema: dict[str, Any], others: dict[str, Any]) -> set[str]:
    """JSON types that a value may have, without null."""
    options = schema.get("anyOf", [schema])
    resolved = [others[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in options]
    return {str(one["type"]) for one in resolved} - {"null"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_field_is_there_with_its_type(service: str) -> None:
    schemas = schemas_of(service)
    for name, model in models()[service]:
        theirs, ours = schemas[name], model.model_json_schema()
        assert set(ours["properties"]) == set(theirs["properties"]), name
        for field, schema in theirs["properties"].items():
            own, said = kinds(ours["properties"][field], ours.get("$defs", {})), kinds(schema, schemas)
            assert said in (own, set()), f"{name}.{field}"  # nothing but null: a list that never has another page
        needed = set(ours.get("required", []))
        assert needed <= set(theirs.get("required", [])), f"{name}: the client needs what may be missing"
