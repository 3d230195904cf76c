"""A node of a workflow as LangGraph runs it: keys renamed, language, time, retries and failures."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any

from langgraph.errors import GraphBubbleUp, NodeError
from langgraph.types import CachePolicy, Command, RetryPolicy, TimeoutPolicy

from gradatim.agents.state import Plain, State, degraded
from gradatim.errors import GradatimError, InputError, ServiceError
from gradatim.graphs.observing import learner_in, node_of
from gradatim.graphs.workflow.analysis import Node
from gradatim.graphs.workflow.kinds.kind import Agent
from gradatim.graphs.workflow.routing import Route
from gradatim.graphs.workflow.spec import CacheSpec, RetrySpec
from gradatim.graphs.workflow.state import SHARED, TURNS
from gradatim.languages import speaking, spoken
from gradatim.settings import Settings

_MODEL_QUESTIONS = 2.5
"""Times `model_timeout` that a node with `timeout: model` has: one request, one repair, some air."""


class NodeRunner:
    """Runs one agent as a node.

    Args:
        node: What it reads and writes.
        agent: What does the work; knows nothing of the workflow's keys.
        route: The node's route, where the node itself counts the ways.
    """

    def __init__(self, node: Node, agent: Agent, settings: Settings, route: Route | None = None) -> None:
        self.node = node
        self.agent = agent
        self.route = route
        self._language = settings.language
        self._reads = [(inner, outer) for inner, (outer, _) in {**node.optional, **node.reads}.items()]
        self._names = {inner: outer for inner, (outer, _) in {**node.may_write, **node.writes}.items()}
        self._always = frozenset(node.writes)
        self._degrades = node.spec.on_error == "degrade" and node.element is None
        self._timeout = seconds_of(node, settings)

    def view(self, state: State) -> Plain:
        """What the agent gets: what it reads, under its own names."""
        return {inner: state[outer] for inner, outer in self._reads if outer in state}

    async def __call__(self, state: State, runtime: Any) -> Plain:
        start = perf_counter()
        given = self.view(state)
        with self._speaking(state.get("language")):
            update = await (self._or_degrade(given, runtime) if self._degrades else self._asked(given, runtime))
        found = self._named(update)
        if self.node.kind is None or not self.node.kind.asks:
            found["seconds"] = {**(found.get("seconds") or {}), self.node.name: perf_counter() - start}
        if self.route is not None:
            found[TURNS] = self.route.turn(state, found)
        return found

    async def _asked(self, given: Plain, runtime: Any, attempt: int | None = None) -> Plain:
        """The agent's update of one try."""
        kind = self.node.kind.key if self.node.kind is not None else "workflow"
        with node_of(self.node.name, runtime, kind=kind, attempt=attempt, learner=learner_in(given)):
            return await self.agent(given, runtime)

    def _speaking(self, language: str | None) -> AbstractContextManager[None]:
        code = language or self._language
        return nullcontext() if code == spoken() else speaking(code)

    def _named(self, update: Plain) -> Plain:
        """The update under the state's keys.

        Raises:
            InputError: It is not what the kind says that it writes: the check rested on that.
        """
        found: Plain = {}
        for key, value in update.items():
            outer = self._names.get(key) or (key if key in SHARED else None)
            if outer is None:
                raise self._broken(f"wrote {key!r}, which its kind does not say that it writes")
            found[outer] = value
        missing = self._always - update.keys()
        if missing and not self._degrades:
            raise self._broken(f"did not write {', '.join(sorted(missing))}")
        return found

    def _broken(self, what: str) -> InputError:
        kind = self.node.kind.key if self.node.kind is not None else str(self.node.spec.workflow)
        return InputError(
            f"the node {what}", place=f"node {self.node.name}", remedy=f"correct what the kind {kind!r} declares"
        )

    async def _or_degrade(self, given: Plain, runtime: Any) -> Plain:
        """The agent's update, tried as often as the node says; otherwise what is said of its failure."""
        policy = retry_of(self.node)
        attempts, wait = (policy.attempts, policy.wait) if policy is not None else (1, 0.0)
        for attempt in range(1, attempts + 1):
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._asked(given, runtime, attempt)
            except GraphBubbleUp:
                raise  # a question to a person
            except Exception as error:  # noqa: BLE001 whatever hinders it, the run goes on
                if attempt == attempts or not isinstance(error, ServiceError):
                    return degraded(self.node.name, reason_of(error), "the run goes on without what it writes")
                await asyncio.sleep(wait * 2 ** (attempt - 1))
        raise AssertionError("a node is tried at least once")


def reason_of(error: BaseException) -> str:
    """Why something failed, for a person."""
    if isinstance(error, GradatimError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "it took too long"
    return f"{type(error).__name__}: {error}".rstrip(": ")


def retry_of(node: Node) -> RetrySpec | None:
    """How often a node is tried."""
    given = node.spec.retry
    return RetrySpec(attempts=given) if isinstance(given, int) else given


def seconds_of(node: Node, settings: Settings) -> float | None:
    """Seconds that one try of a node may take."""
    given = node.spec.timeout
    return _MODEL_QUESTIONS * settings.model_timeout if given == "model" else given


def policies(node: Node, settings: Settings) -> dict[str, Any]:
    """What `add_node` is told beside the function."""
    found: dict[str, Any] = {}
    if node.spec.on_error != "degrade" or node.element is not None:  # a node that degrades sees to both itself
        retry, timeout = retry_of(node), seconds_of(node, settings)
        if retry is not None:
            found["retry_policy"] = RetryPolicy(
                max_attempts=retry.attempts, initial_interval=retry.wait, retry_on=ServiceError
            )
        if timeout is not None:
            found["timeout"] = TimeoutPolicy(run_timeout=timeout)
    if node.spec.cache:
        seconds = node.spec.cache.seconds if isinstance(node.spec.cache, CacheSpec) else None
        found["cache_policy"] = CachePolicy(key_func=_cache_key(node), ttl=seconds)
    if node.on_error is not None:
        found["error_handler"] = _handler(node.name, node.on_error)
    if node.spec.description:
        found["metadata"] = {"description": node.spec.description}
    return found


def _cache_key(node: Node) -> Callable[[Any], str]:
    keys = [outer for outer, _ in (*node.reads.values(), *node.optional.values()) if outer != "id"]
    what = repr((node.kind.key if node.kind else "", node.spec))

    def key(state: Mapping[str, Any]) -> str:
        read = {name: state.get(name) for name in keys}
        text = json.dumps(read, sort_keys=True, default=str)
        return hashlib.sha256(f"{what}\x1f{text}".encode("utf-8", "surrogatepass")).hexdigest()

    return key


def _handler(name: str, target: str) -> Any:
    async def failed(state: State, error: NodeError) -> Command[Any]:
        reason = degraded(name, reason_of(error.error), f"the run goes on with {target}")
        return Command(goto=target, update=reason)

    failed.__annotations__ = {"state": dict, "error": NodeError, "return": Command}  # LangGraph looks at the types
    return failed
