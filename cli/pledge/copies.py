"""A working copy, as commands show it."""

from typing import TYPE_CHECKING

from cli.output import say, show_json

if TYPE_CHECKING:
    from shared.client.models.pledges import WorkingCopy


def show_copy(copy: "WorkingCopy", *, as_json: bool) -> None:
    if as_json:
        show_json({**copy.model_dump(mode="json"), "etag": copy.etag})
        return
    say(f"{copy.content.title}\n{copy.entity.name}; {copy.state}, revision {copy.revision}; pledge {copy.pledge_id}")
    for wanted in copy.asked:
        say(f"  {wanted.field}: {wanted.says}")


def settled(copy: "WorkingCopy", *, as_json: bool) -> None:
    """After a change: what it became, and what comes next."""
    show_copy(copy, as_json=as_json)
    if not as_json and copy.state == "draft":
        say(f"Send it to the Network with `gcm pledge submit {copy.pledge_id}`.")
