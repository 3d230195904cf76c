"""Blocks of workflows: what each pattern becomes, and where it stands among the others.

`patterns/blocks.yaml` holds them in the order in which a workflow goes through them. A block is there when the design
has the flags that it needs; what leads out of it goes to the next block that is there, if no way of its own leads
elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

Flags = frozenset[str]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    needs: tuple[str, ...] = ()
    """Flags that have to be there, all of them."""
    any: tuple[str, ...] = ()
    """Flags of which one has to be there."""
    lacks: tuple[str, ...] = ()
    """Flags that must not be there."""

    def fits(self, flags: Flags) -> bool:
        """Whether it belongs to a design with these flags."""
        if not set(self.needs) <= flags or set(self.lacks) & flags:
            return False
        return not self.any or bool(set(self.any) & flags)


class WayBlock(_Written):
    """A way out of a block."""

    to: str
    """A block; `next`; `end`."""
    when: str | None = None
    at_most: int | str | None = None


class NodeBlock(_Written):
    """A node of a block: `spec` as it stands in a workflow file."""

    spec: dict[str, Any] = {}
    repeat: str | None = None
    """A number of a step: the node stands there so many times, `$n` in it is which one."""


class Block(_Written):
    """Nodes that belong together."""

    block: str
    """Its name, for ways."""
    patterns: tuple[str, ...] = ()
    """Patterns that it is there for; where the checker finds fault with it, these are in question."""
    nodes: dict[str, NodeBlock] = Field(min_length=1)
    """One after the other, or side by side."""
    side_by_side: bool = False
    aside: bool = False
    """Whether only ways that name it lead here; it goes on to `then`."""
    then: str = "next"
    ways: tuple[WayBlock, ...] = ()
    """Out of its last node, the first that is open; the last one leads to `then`."""


class Output(_Written):
    """A key that a workflow gives."""

    key: str


@cache
def library() -> tuple[tuple[Block, ...], tuple[Output, ...]]:
    """All blocks in order, and what workflows give.

    Raises:
        ValueError: The file is not as it should be; the packaged one is tested.
    """
    file = resources.files("gradatim.graphs.planning").joinpath("patterns", "blocks.yaml")
    given: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    blocks = tuple(Block.model_validate(item) for item in given["blocks"])
    return blocks, tuple(Output.model_validate(item) for item in given["outputs"])
