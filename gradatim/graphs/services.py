"""What the agents work with, opened from settings and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel

from gradatim.kg import ConceptStore, opened_graph
from gradatim.kg.passages import PassageIndex
from gradatim.kg.passages.opening import open_passages
from gradatim.kg.related import Related
from gradatim.kg.related import read as read_related
from gradatim.memory import LearnerMemory, open_memory, parameters_of
from gradatim.memory.rights.guard import guarded
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.memory.storage.decisions import DecisionStore
from gradatim.memory.storage.opening import open_decisions
from gradatim.serving import open_chat_model
from gradatim.settings import Settings, load_settings
from gradatim.tools.sandbox import Sandbox, open_sandbox
from gradatim.tools.sandbox.observed import observed


@dataclass(frozen=True, slots=True)
class Services:
    """Collaborators of the agents.

    Attributes:
        memory: As agents may use it: with the learner's consent, and without what the learner disputes.
        model: Chat model; the grounded realiser for `none`.
        passages: Text of the course that feedback can rest on.
        related: Which concepts are close to which.
        stack: Closes what was opened here.
        policy: What runs that are told of keep of learners' text.
    """

    settings: Settings
    sandbox: Sandbox
    concepts: ConceptStore
    memory: LearnerMemory
    decisions: DecisionStore
    model: BaseChatModel
    passages: PassageIndex | None = None
    related: Related | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    policy: Scrubber = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # whoever opens services: no agent gets past the guard
        object.__setattr__(
            self, "memory", guarded(self.memory, self.settings.assumed_consent, parameters_of(self.settings))
        )
        object.__setattr__(self, "sandbox", observed(self.sandbox))
        object.__setattr__(self, "policy", Scrubber.of(self.settings))

    @classmethod
    async def open(cls, settings: Settings | None = None, *, model: BaseChatModel | None = None) -> Services:
        """Open everything that the settings name.

        Args:
            model: Used instead of `settings.model`.

        Raises:
            GradatimError: Something needed cannot be had; what was opened is closed again.
        """
        settings = settings or await asyncio.to_thread(load_settings)
        stack = AsyncExitStack()
        try:
            sandbox = await stack.enter_async_context(open_sandbox(settings))
            concepts = await stack.enter_async_context(opened_graph(settings))
            graph = await concepts.snapshot()
            passages = await open_passages(graph, settings.passages_path)
            related = await asyncio.to_thread(read_related, graph, settings.curriculum)
            memory = await stack.enter_async_context(open_memory(settings))
            decisions = open_decisions(settings)
            stack.push_async_callback(decisions.aclose)
            chat = model or await asyncio.to_thread(open_chat_model, settings.model, settings)
            if model is None:
                stack.push_async_callback(_hang_up, chat)
        except BaseException:
            await stack.aclose()
            raise
        return cls(settings, sandbox, concepts, memory, decisions, chat, passages, related, stack)

    async def aclose(self) -> None:
        """Close everything."""
        await self.stack.aclose()


async def _hang_up(model: BaseChatModel) -> None:
    """Close a model's connections and its cache, where it has some."""
    close: Callable[[], Awaitable[None]] | None = getattr(getattr(model, "transport", None), "aclose", None)
    if close is not None:
        await close()


@asynccontextmanager
async def open_services(
    settings: Settings | None = None, *, model: BaseChatModel | None = None
) -> AsyncGenerator[Services]:
    """`Services.open` as a context manager."""
    services = await Services.open(settings, model=model)
    try:
        yield services
    finally:
        await services.aclose()
