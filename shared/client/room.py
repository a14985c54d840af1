"""What the parts of the client have in common."""

from uuid import UUID

from shared.client.sending import Sending

Id = UUID | str


class Room:
    """Routes of one service."""

    def __init__(self, to: Sending) -> None:
        self._to = to
