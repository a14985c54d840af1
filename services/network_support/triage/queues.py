"""The queues that everybody has, as filters. Pure."""

from dataclasses import dataclass

from services.network_support.triage.filters import ME, NOBODY, Filters, Order
from services.network_support.triage.places import NO_REGION
from shared.reference.regions import regions


@dataclass(frozen=True)
class Queue:
    """`name` is its place in the API; what people read for it, the portal says."""

    name: str
    filters: Filters
    order: Order = "due"


_UNASSIGNED = {"officer": (NOBODY,)}

BUILT_IN: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue("new", Filters(stage=("submitted", "waiting")), "oldest"),
        Queue("mine", Filters(officer=(ME,))),
        Queue("overdue_soon", Filters(due="soon")),
        Queue("waiting_for_requester", Filters(stage=("needs_info",)), "oldest"),
        Queue("unassigned", Filters.model_validate(_UNASSIGNED)),
        *(
            Queue(
                f"unassigned_{code.removeprefix('region_')}", Filters.model_validate(_UNASSIGNED | {"region": (code,)})
            )
            for code in (*sorted(regions()), NO_REGION)
        ),
        Queue("urgent", Filters(priority=("urgent", "high")), "priority"),
        Queue("work_items", Filters(kind=("contact_lost", "dead_letter", "lead_left"))),
        Queue("all", Filters()),
    )
}
