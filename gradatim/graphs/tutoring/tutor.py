"""Runs tutoring sessions on the graph: opens them, takes messages, and takes up what was cut off.

A turn is a run of the graph whose thread is the session. It is checkpointed step by step; when it is through, the state
of the session is kept in the store, and the checkpoints of the turn go. A process that is killed in the middle leaves
an unfinished turn, which the next call finishes: the message is not lost, and nothing is written twice.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast
from weakref import WeakValueDictionary

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Command

from gradatim.agents.tutoring.handover import HELD, HandOver, held_sessions, note_held
from gradatim.agents.tutoring.planning import TutorPolicy
from gradatim.agents.tutoring.state import turn_of
from gradatim.agents.tutoring.turn import Heard, Piece, Turn
from gradatim.domain import Statement, Task
from gradatim.errors import InputError, ReviewError
from gradatim.graphs.observing import run_of, tell
from gradatim.graphs.persistence import exclusive, open_persistence
from gradatim.graphs.services import Services, open_services
from gradatim.graphs.tutoring.graph import build_tutoring_graph
from gradatim.graphs.tutoring.session import (
    Session,
    config_of,
    load_session,
    lock_path,
    now,
    readable,
    same_message,
    save_session,
    session_of,
)
from gradatim.graphs.tutoring.told import turn_told
from gradatim.languages import language as known_language
from gradatim.languages import say, speaking
from gradatim.settings import Settings, load_settings
from gradatim.telemetry import Work, stepped

_WAITING = 20
"""Messages that are kept for a person while a session is held."""


class Tutor:
    """Tutoring sessions. Use `open_tutor` to get one; any number of sessions may go on at the same time."""

    def __init__(
        self,
        services: Services,
        graph: CompiledStateGraph[Any, Any, Any, Any],
        checkpoints: BaseCheckpointSaver[str],
        store: BaseStore,
    ) -> None:
        self.services = services
        self.graph = graph
        self.checkpoints = checkpoints
        self.store = store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(
        self,
        *,
        task: Task | None = None,
        code: str | None = None,
        concept: str | None = None,
        learner_id: str | None = None,
        language: str | None = None,
        session: str | None = None,
    ) -> Turn:
        """Open a session on a task or on a concept.

        Args:
            task: What the learner works on.
            code: The learner's program, if there is one already.
            concept: Id or name of a concept, for a session without a task.
            learner_id: Whose memory is used and added to, where they agree.
            language: Code of the language to speak; that of the settings when not given.
            session: Id of the session; a new one when not given. One that is there already is taken up: its latest
                turn comes back, and nothing else happens.

        Raises:
            InputError: Neither a task nor a concept, or both; the concept or the language is not known; the session
                is on something else.
        """
        if (task is None) == (concept is None):
            raise InputError("a session needs either a task or a concept", remedy="give one of them")
        if language is not None:
            known_language(language)
        found = None if concept is None else await self._concept(concept)
        run = session or uuid.uuid4().hex[:12]
        async with self._lock(run):
            values = await self._finished(run)
            if values is not None:
                opened = session_of(values)
                known = opened.task_id if task is not None else opened.concept
                wanted = task.id if task is not None else found
                if known != wanted or opened.learner_id != learner_id:
                    raise InputError(
                        "is on another task or of another learner", place=f"session {run}", remedy="choose another id"
                    )
                return turn_of(values)
            instant = now()
            limit = self.services.settings.submission_limit + 1
            heard = Heard(code=None if code is None else readable(code, limit), at=instant)
            start = {
                "session": run,
                "language": language or self.services.settings.language,
                "learner_id": learner_id,
                "task": task.plain() if task is not None else None,
                "concept": found,
                "began": instant,
                "number": 0,
                "heard": heard.plain(),
            }
            return await self._run(run, start)

    async def hear(self, session: str, message: str, code: str | None = None, *, number: int | None = None) -> Turn:
        """Take a message, and a new program with it, and answer.

        A turn that was cut off is finished first. The same message again, with the `number` of the turn that it began,
        changes nothing and gives the same turn.

        Args:
            code: The learner's new program; one in the message, between ``` or as it is, is found without.
            number: Of the turn that this message begins, for callers that may have to repeat a call.

        Raises:
            InputError: There is no such session, or the number is not that of the next turn.
            SandboxError: Programs cannot be run; the message is kept, and the same call takes it up again.
        """
        events = self.stream(session, message, code, number=number)
        return [event async for event in events if isinstance(event, Turn)][-1]

    async def stream(
        self, session: str, message: str, code: str | None = None, *, number: int | None = None
    ) -> AsyncGenerator[Piece | Turn]:
        """As `hear`: checked pieces of the text as they are released, then the turn."""
        async with self._lock(session):
            limit = self.services.settings.submission_limit + 1  # a longer program is refused, not cut
            heard = Heard(
                message=readable(message, limit), code=None if code is None else readable(code, limit), at=now()
            )
            values = await self._finished(session, heard)
            if values is None:
                raise InputError("there is no such session", place=f"session {session}", remedy="open one with start")
            last = turn_of(values)
            if last.held:
                yield await self._waiting(values, heard)
                return
            if values.get("resumed") or (number is not None and number == last.number and same_message(values, heard)):
                yield last
                return
            if number is not None and number != last.number + 1:
                raise InputError(
                    f"the next turn is {last.number + 1}, not {number}", place=f"session {session}",
                    remedy="leave the number out, or ask for the latest turn",
                )  # fmt: skip
            start = {key: value for key, value in values.items() if key != "resumed"}
            start |= {"number": last.number + 1, "heard": heard.plain(), "understood": None, "code": None}
            async for event in self._events(session, start):
                yield event

    async def latest(self, session: str) -> Turn | None:
        """The latest turn of a session; a turn that was cut off is finished first. `None`: there is no such session."""
        async with self._lock(session):
            values = await self._finished(session)
            return None if values is None else turn_of(values)

    async def session(self, session: str) -> Session | None:
        """A session as it is listed."""
        values = await load_session(self.store, session)
        return None if values is None else session_of(values)

    async def held(self) -> list[HandOver]:
        """Sessions that wait for a person, most urgent first."""
        return await held_sessions(self.store)

    async def answer(self, session: str, message: str | None, reviewer: str) -> Turn:
        """A person's answer to a session that was handed over; without a message the tutor goes on by itself.

        Raises:
            ReviewError: The session does not wait for a person, or the reviewer has no name.
        """
        if not reviewer.strip():
            raise ReviewError(
                "an answer needs the name of who gives it", place=f"session {session}", remedy="name them"
            )
        async with self._lock(session):
            snapshot = await self.graph.aget_state(config_of(session))
            if not snapshot.interrupts:
                raise ReviewError(
                    "does not wait for a person", place=f"session {session}", remedy="see the list of held sessions"
                )
            kind = "respond" if message and message.strip() else "approve"
            response = {
                "decisions": [{"type": kind, **({"message": message} if message else {})}],
                "reviewer": reviewer.strip(),
                "decided_at": now(),
            }
            resume: Any = Command(resume={item.id: response for item in snapshot.interrupts})
            return await self._run(session, resume)

    @asynccontextmanager
    async def _lock(self, session: str) -> AsyncGenerator[None]:
        """Keep a session to one call, among those of this process and of others on the same folder."""
        held = self._locks.setdefault(session, asyncio.Lock())
        async with held, exclusive(lock_path(self.services.settings, session)):
            yield

    async def _run(self, session: str, start: Any) -> Turn:
        found = [event async for event in self._events(session, start) if isinstance(event, Turn)]
        return found[-1]

    async def _events(self, session: str, start: Any) -> AsyncGenerator[Piece | Turn]:
        """Pieces of a turn, then the turn; what it came to is kept before that is given out."""
        graph: Any = self.graph
        work = run_of("tutoring", self.services, session, await self._learner(session, start))
        work.begin()
        failure: BaseException | None = None
        try:
            # "sync": a step is on disk before the next begins, so that a killed turn goes on where it stopped
            parts = graph.astream(start, config_of(session), stream_mode="custom", durability="sync")
            async with aclosing(stepped(work, parts)) as steps:
                async for part in steps:
                    if isinstance(part, dict) and "piece" in part:
                        yield Piece(text=str(part["piece"]))  # pyright: ignore[reportUnknownArgumentType]
            turn = await self._settle(session, work)
        except BaseException as error:
            failure = error
            raise
        finally:
            work.end(failure)
        yield turn

    async def _learner(self, session: str, start: Any) -> str | None:
        """Whose session it is, for what is told of the run."""
        if isinstance(start, dict):
            return cast("dict[str, Any]", start).get("learner_id")
        values = (await self.graph.aget_state(config_of(session))).values
        return values.get("learner_id")

    async def _settle(self, session: str, work: Work | None = None) -> Turn:
        """Keep what a finished or held turn came to, and let its checkpoints go where nothing waits in them."""
        snapshot = await self.graph.aget_state(config_of(session))
        values: dict[str, Any] = dict(snapshot.values)
        if work is not None and work.listened_to:
            tell(
                work, self.services, waiting=bool(snapshot.interrupts), language=values.get("language"),
                result=lambda: turn_told(values),
            )  # fmt: skip
        await save_session(self.store, values)
        if snapshot.interrupts:
            await note_held(self, values)
        elif not snapshot.next:
            await self.checkpoints.adelete_thread(session)
        return turn_of(values)

    async def _finished(self, session: str, heard: Heard | None = None) -> dict[str, Any] | None:
        """The state after the latest turn, with a turn that was cut off finished; `None` for an unknown session.

        `resumed` is set where the message of that turn is the one that is handed in now.
        """
        snapshot = await self.graph.aget_state(config_of(session))
        resumed = False
        if snapshot.values and not snapshot.interrupts:
            if snapshot.next:
                await self._run(session, None)
                resumed = heard is not None and same_message(dict(snapshot.values), heard)
            else:
                await self._settle(session)
        values = await load_session(self.store, session)
        return values | {"resumed": True} if values is not None and resumed else values

    async def _waiting(self, values: dict[str, Any], heard: Heard) -> Turn:
        """The answer while a person is waited for; the message is put with the others."""
        session = str(values["session"])
        item = await self.store.aget(HELD, session)
        if item is not None and heard.message:
            waiting = [*item.value.get("waiting", []), heard.message[:2000]][-_WAITING:]
            await self.store.aput(HELD, session, {**item.value, "waiting": waiting}, index=False)
        last = turn_of(values)
        with speaking(values.get("language")):
            text = say("tutoring.hand-over.waiting")
        return last.model_copy(update={"text": text, "statements": (Statement(text=text),), "understood": None})

    async def _concept(self, name: str) -> str:
        concepts = self.services.concepts
        found = await concepts.concept(name) or await concepts.find(name)
        if found is None:
            near = ", ".join(item.id for item in (await concepts.search(name))[:5])
            raise InputError(
                f"there is no concept {name!r}", place="concept",
                remedy=f"did you mean: {near}" if near else "see `gradatim kg search`",
            )  # fmt: skip
        return found.id


@asynccontextmanager
async def open_tutor(
    settings: Settings | None = None, services: Services | None = None, *, policy: TutorPolicy | None = None
) -> AsyncGenerator[Tutor]:
    """A tutor on the persistence that the settings name.

    Args:
        services: Used instead of opening new ones; stay open.
        policy: What the course allows its tutor.
    """
    if services is None:
        async with (
            open_services(settings or load_settings()) as opened,
            open_tutor(services=opened, policy=policy) as tutor,
        ):
            yield tutor
        return
    async with open_persistence(services.settings) as (saver, store):
        graph: Any = build_tutoring_graph(services, policy)
        yield Tutor(services, graph.compile(checkpointer=saver, store=store, name="tutoring"), saver, store)
