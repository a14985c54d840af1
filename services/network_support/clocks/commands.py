"""What the clocks of a request do when a step is taken. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.clocks import rules, stopwatch
from services.network_support.clocks.calendars import Station
from services.network_support.clocks.lifecycle import Act, Kind, Standing, follow
from services.network_support.clocks.models import RequestClock, RequestPause
from services.network_support.clocks.rules import Rules
from services.network_support.requests.lifecycle import Step
from services.network_support.requests.models import KnownEntity, SupportRequest
from shared.clock import Moment
from shared.reference import catalogue

MIXED = 0  # the mark of a clock that was computed by more than one set of rules
WITHOUT: frozenset[Step] = frozenset({"drafted", "saved"})  # steps of a request that was not sent
FIRST: frozenset[Step] = frozenset({"opened", "decided"})  # steps before which there is no clock

_CLOCKS = (
    select(RequestClock)
    .where(col(RequestClock.request_id) == bindparam("request_id"))
    .order_by(col(RequestClock.kind), col(RequestClock.round))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_RESUME = (
    update(RequestPause)
    .where(col(RequestPause.request_id) == bindparam("of"), col(RequestPause.ended_at).is_(None))
    .values(ended_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


async def after(session: AsyncSession, request: SupportRequest, step: Step, moment: Moment) -> None:
    """In the transaction of the step, with the request locked and already in its new state."""
    if step in WITHOUT:
        return
    present = {} if step in FIRST else await _newest(session, request.request_id)
    standings = [Standing(one.kind, one.paused_since is not None, one.ended) for one in present.values()]
    acts = list(follow(request.state, step, standings))
    if not acts:
        return
    in_use = rules.in_use()
    station = in_use.station_of(request.entity_id, await _country(session, request.entity_id))
    desk = _Desk(in_use, request.request_id, station, moment.business, present)
    for kind, act in acts:
        desk.act(kind, act)
    session.add_all(desk.clocks.values())
    await session.flush()
    await _note_pauses(session, request.request_id, desk)


async def _country(session: AsyncSession, entity_id: str) -> str | None:
    """Of an entity that is no State, if it is known."""
    known = None if entity_id in catalogue.STATES else await session.get(KnownEntity, entity_id)
    return known.country if known else None


async def _newest(session: AsyncSession, request_id: UUID) -> dict[Kind, RequestClock]:
    """Of each kind; locked in an order that is always the same."""
    found: Sequence[RequestClock] = (await session.execute(_CLOCKS, {"request_id": request_id})).scalars().all()
    return {clock.kind: clock for clock in found}


async def _note_pauses(session: AsyncSession, request_id: UUID, desk: "_Desk") -> None:
    if desk.resumed:
        await session.execute(_RESUME, {"of": request_id, "at": desk.at})
    spans = [(since, desk.at) for since in sorted(desk.restored)] + ([(desk.at, None)] if desk.paused else [])
    session.add_all(RequestPause(request_id=request_id, begun_at=begun, ended_at=ended) for begun, ended in spans)
    await session.flush()


class _Desk:
    """The clocks of one request, and what one step does to them."""

    def __init__(
        self, in_use: Rules, request_id: UUID, station: Station, at: datetime, clocks: dict[Kind, RequestClock]
    ) -> None:
        self._rules, self._request_id, self._station = in_use, request_id, station
        self.at, self.clocks = at, clocks
        self.paused = self.resumed = False
        self.restored: set[datetime] = set()  # since when the clocks had been cancelled

    def act(self, kind: Kind, act: Act) -> None:
        if act == "start":
            self._start(kind)
            return
        clock = self.clocks[kind]
        # a station that the files no longer have is replaced when the clocks are computed anew
        time = self._rules.stations.get(clock.station, self._station).time
        self.resumed |= clock.paused_since is not None
        match act:
            case "restore":
                self.restored |= {clock.ended_at} if clock.ended_at else set()
                stopwatch.restore(clock, time, self.at)
            case "pause":
                self.paused = True
                stopwatch.pause(clock, time, self.at)
            case "resume":
                stopwatch.run(clock, time, self.at)
            case "meet":
                stopwatch.end(clock, time, self.at, "met")
            case "cancel":
                stopwatch.end(clock, time, self.at, "cancelled")
        clock.changes += 1
        if clock.rules != self._rules.mark:
            clock.rules = MIXED

    def _start(self, kind: Kind) -> None:
        station = self._station
        clock = self.clocks[kind] = RequestClock(
            request_id=self._request_id,
            kind=kind,
            round=self.clocks[kind].round + 1 if kind in self.clocks else 1,
            station=station.code,
            started_at=self.at,
            allowed=self._rules.allowed(kind, station),
            rules=self._rules.mark,
        )
        stopwatch.run(clock, station.time, self.at)
