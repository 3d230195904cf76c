"""Bodies between the memory and a database: sealed on the way in, opened on the way out, where there is a key."""

from __future__ import annotations

from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.session import Body, Key


class Sealing:
    """A cipher or none, behind one pair of methods.

    Args:
        cipher: `None` leaves bodies as they are.
    """

    def __init__(self, cipher: Cipher | None) -> None:
        self.cipher = cipher

    def seal(self, body: bytes, context: str) -> bytes:
        """A body as it is stored."""
        return body if self.cipher is None else self.cipher.seal(body, context)

    def open(self, stored: Body, context: str) -> Body:
        """The body of what was stored."""
        if self.cipher is None:
            return stored
        return self.cipher.open(as_bytes(stored), context)


def event_context(event_id: str) -> str:
    """Context of an event's body."""
    return f"events/{event_id}"


def changes_context(event_id: str) -> str:
    """Context of an event's changes."""
    return f"changes/{event_id}"


def estimates_context(learner: str, key: Key) -> str:
    """Context of a snapshot; the instant first, since ids may hold any character."""
    return f"estimates/{key[0]}/{len(learner)}/{learner}/{key[1]}"


def decision_context(record_id: str) -> str:
    """Context of a decision."""
    return f"decisions/{record_id}"


def as_bytes(body: Body) -> bytes:
    """A body of whichever version as bytes."""
    return body.encode("utf-8") if isinstance(body, str) else body
