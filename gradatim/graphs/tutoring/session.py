"""What is kept of a tutoring session between its turns."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.store.base import BaseStore

from gradatim.agents.tutoring.state import passed_of, plan_of, turn_of
from gradatim.agents.tutoring.turn import Heard
from gradatim.domain import Noun, stable_id
from gradatim.settings import Settings

SESSIONS = ("tutoring",)
_OF_A_TURN = ("code", "draft", "brought", "decision", "understood", "asked")
"""Keys that mean nothing once a turn is over."""
_DEGRADATIONS = 8
_LONG = 20_000
"""Characters of the latest message from which only a digest of it is kept."""
_LOCKS = 64
"""Files that keep other processes away; sessions share them."""


class Session(Noun):
    """A tutoring session, as it is listed."""

    id: str
    task_id: str | None = None
    concept: str | None = None
    title: str
    learner_id: str | None = None
    language: str | None = None
    began: str
    number: int
    """Of the latest turn."""
    passed: bool | None = None
    ended: bool = False
    held: bool = False


def session_of(values: dict[str, Any]) -> Session:
    """The session that a state stands for."""
    turn, task = turn_of(values), values.get("task")
    return Session(
        id=str(values["session"]),
        task_id=task["id"] if task else None,
        concept=values.get("concept"),
        title=str(task["title"] if task else values.get("concept")),
        learner_id=values.get("learner_id"),
        language=values.get("language"),
        began=str(values["began"]),
        number=turn.number,
        passed=passed_of(values),
        ended=turn.ended or plan_of(values).closed,
        held=turn.held,
    )


def lock_path(settings: Settings, session: str) -> Path:
    """The file that is held while a session has its turn."""
    return settings.data_dir / f"tutoring-{zlib.crc32(session.encode()) % _LOCKS}.lock"


async def load_session(store: BaseStore, session: str) -> dict[str, Any] | None:
    """The state of a session after its latest turn."""
    item = await store.aget(SESSIONS, session)
    return dict(item.value) if item is not None else None


async def save_session(store: BaseStore, values: dict[str, Any]) -> None:
    """Keep the state of a session, without what belongs to one turn alone."""
    kept = {key: value for key, value in values.items() if key not in _OF_A_TURN}
    heard = dict(kept["heard"])
    if len(heard["message"]) + len(heard["code"] or "") > _LONG:  # a digest tells as well whether it comes again
        heard |= {"message": stable_id(heard["message"]), "code": stable_id(heard["code"] or "")}
        kept["heard"] = heard
    kept["degradations"] = list(kept.get("degradations") or [])[-_DEGRADATIONS:]
    await store.aput(SESSIONS, str(values["session"]), kept, index=False)


def config_of(session: str) -> RunnableConfig:
    """The thread of a session."""
    return {"configurable": {"thread_id": session}, "recursion_limit": 40}


def same_message(values: dict[str, Any], heard: Heard) -> bool:
    """Whether a message is the one that a state was made from."""
    known = Heard.model_validate(values["heard"])
    digests = (stable_id(heard.message), stable_id(heard.code or ""))
    return (known.message, known.code) in ((heard.message, heard.code), digests)


def readable(text: str, limit: int) -> str:
    """A text as it can be kept: without halves of characters and null bytes, and of bounded length."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:limit]


def now() -> str:
    """The present instant."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
