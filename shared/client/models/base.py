"""What the models have in common. Codes are plain strings: a service that learns a new one breaks no client."""

from typing import Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr

I = TypeVar("I")  # noqa: E741 - an item


class Sent(BaseModel):
    """What goes to a service, which checks it: fields that were not set are left out."""


class Received(BaseModel):
    """An answer; fields that this client does not know are ignored."""

    model_config = ConfigDict(extra="ignore")

    _etag: str = PrivateAttr("")

    @property
    def etag(self) -> str:
        """For `seen`; empty where the API gives none, as in lists."""
        return self._etag

    def tagged(self, etag: str) -> Self:
        self._etag = etag
        return self


class Page(Received, Generic[I]):
    """`next` is the cursor of the next page; None on the last."""

    items: list[I]
    next: str | None = None
