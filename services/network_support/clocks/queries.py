"""Reads of clocks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.network_support.clocks import rules, stopwatch
from services.network_support.clocks.lifecycle import KINDS
from services.network_support.clocks.models import ClockRun, RequestClock
from services.network_support.clocks.schemas import ClockView, RunView
from services.network_support.requests.models import SupportRequest

MOST_RUNS = 20

_OF = (
    select(RequestClock)
    .where(col(RequestClock.request_id).in_(bindparam("requests", expanding=True)))
    .order_by(col(RequestClock.request_id), col(RequestClock.started_at))
)
_RUNS = select(ClockRun).order_by(col(ClockRun.run_id).desc()).limit(MOST_RUNS)


async def of(session: AsyncSession, requests: Sequence[UUID], now: datetime) -> dict[UUID, list[ClockView]]:
    """The clocks of these requests, in the order in which they started and are due. `now`: business time."""
    found: dict[UUID, list[ClockView]] = {request_id: [] for request_id in requests}
    clocks = (await session.execute(_OF, {"requests": list(requests)})).scalars().all()
    for clock in sorted(clocks, key=lambda one: (one.started_at, KINDS.index(one.kind))):
        found[clock.request_id].append(_view(clock, now))
    return found


def _view(clock: RequestClock, now: datetime) -> ClockView:
    known = rules.in_use().stations.get(clock.station)
    spent = stopwatch.spent(clock, known.time, now) if known else clock.spent
    return ClockView(
        kind=clock.kind,
        station=clock.station,
        started_at=clock.started_at,
        due_at=clock.due_at,
        spent_minutes=_minutes(spent),
        left_minutes=_minutes(clock.allowed) - _minutes(spent),
        paused_since=clock.paused_since,
        ended=clock.ended,
        ended_at=clock.ended_at,
    )


def due_before(instant: datetime) -> ColumnElement[bool]:
    """The condition on requests that an open clock of theirs is due before an instant (business time)."""
    due = (
        col(RequestClock.request_id) == col(SupportRequest.request_id),
        col(RequestClock.ended_at).is_(None),
        col(RequestClock.due_at) < instant,
    )
    return select(col(RequestClock.request_id)).where(*due).exists()


async def runs(session: AsyncSession) -> list[RunView]:
    """The newest first."""
    return [_run_view(run) for run in (await session.execute(_RUNS)).scalars()]


async def run(session: AsyncSession, run_id: UUID) -> RunView:
    return _run_view(await session.get_one(ClockRun, run_id))


def _run_view(run: ClockRun) -> RunView:
    return RunView(**run.model_dump(include=set(RunView.model_fields)))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
