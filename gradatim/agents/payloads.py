"""Long texts that belong to a run but not into its checkpoints: kept in the LangGraph store by id.

Every item is keyed by the run, so that whatever forgets a run finds it.
"""

from __future__ import annotations

from typing import Any

from langgraph.store.base import BaseStore

from gradatim.agents.state import Plain


def store_of(runtime: Any) -> BaseStore | None:
    """The store of the graph that runs, if it has one."""
    return getattr(runtime, "store", None)


async def keep_text(runtime: Any, kind: str, run: str, number: int, text: str) -> Plain:
    """Keep a text and give what the state holds of it: where it is, or the text itself in a graph without a store.

    Args:
        kind: What it is, e.g. `generations`.
        run: Id of the run.
        number: Which one of the run; the same number is overwritten, for a node may run again.
    """
    store = store_of(runtime)
    if store is None or not run:
        return {"raw": text}
    await store.aput((kind, str(number)), run, {"text": text}, index=False)
    return {"raw_in": [kind, str(number)]}


async def fetch_text(runtime: Any, run: str, kept: Plain) -> str | None:
    """The text that `keep_text` kept; `None` where it is gone."""
    store = store_of(runtime)
    if store is None or "raw_in" not in kept:
        return kept.get("raw")
    item = await store.aget(tuple(kept["raw_in"]), run)
    return str(item.value["text"]) if item else None
