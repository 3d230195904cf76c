"""What a dimension remembers, as a JSON list of its fields and back."""

from __future__ import annotations

from typing import Any, Self


class Accumulators:
    """Base of the slotted dataclasses that hold it; every field is JSON-plain."""

    __slots__ = ()

    def plain(self) -> list[Any]:
        """The fields as they are, not copies of them."""
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def restored(cls, plain: list[Any]) -> Self:
        """From what `plain` gave."""
        return cls(*plain)
