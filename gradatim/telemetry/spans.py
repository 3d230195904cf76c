"""The kinds of work that are told of, by the operations of the GenAI conventions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

from gradatim.telemetry import names
from gradatim.telemetry.content import Policy
from gradatim.telemetry.work import Work

Item = TypeVar("Item")
Expected = tuple[type[BaseException], ...]


def workflow(
    name: str,
    conversation: str | None = None,
    *,
    learner: str | None = None,
    policy: Policy | None = None,
    expected: Expected = (),
) -> Work:
    """A run of a workflow, or of one inside another (`invoke_workflow`).

    Args:
        name: Of the workflow.
        conversation: Id of the thread or session; runs that belong together have the same.
        learner: Whose work it is about; replaced wherever it would be written.
        policy: What is kept of content, where the context does not say.
        expected: Exceptions with which it stops to ask a person.
    """
    return Work(
        "invoke_workflow",
        name,
        {names.PROVIDER: names.OWN_PROVIDER, names.WORKFLOW: name, names.CONVERSATION: conversation},
        expected,
        learner,
        policy,
    )


def agent(
    name: str, *, attempt: int = 1, kind: str | None = None, expected: Expected = (), learner: str | None = None
) -> Work:
    """An agent at work (`invoke_agent`).

    Args:
        name: Of the node that it is.
        attempt: Which try this is.
        kind: Kind of the node, in a workflow file.
        expected: Exceptions with which it stops to ask a person.
        learner: Whose work it is at; that of the run when not given.
    """
    return Work(
        "invoke_agent",
        name,
        {
            names.PROVIDER: names.OWN_PROVIDER,
            names.AGENT: name,
            names.KIND: kind,
            names.ATTEMPT: attempt if attempt > 1 else None,
        },
        expected,
        learner,
    )


def chat(model: str, provider: str, **request: Any) -> Work:
    """A question to a language model (`chat`).

    Args:
        model: As the endpoint knows it.
        provider: `gen_ai.provider.name`.
        request: What the request says, by the names of `gradatim.telemetry.names`: `temperature`, `top_p`,
            `max_tokens`, `seed`, `choices`, `stream`.
    """
    choices = request.get("choices")
    return Work(
        "chat",
        model,
        {
            names.PROVIDER: provider,
            names.REQUEST_MODEL: model,
            names.TEMPERATURE: request.get("temperature"),
            names.TOP_P: request.get("top_p"),
            names.MAX_TOKENS: request.get("max_tokens"),
            names.SEED: request.get("seed"),
            names.CHOICES: choices if choices and choices > 1 else None,  # told only where it is not 1
            names.STREAM: request.get("stream") or None,
            names.OUTPUT_TYPE: request.get("output"),
        },
    )


def tool(name: str, **attributes: Any) -> Work:
    """A tool that is used (`execute_tool`)."""
    return Work("execute_tool", name, {names.TOOL: name, names.TOOL_TYPE: "function", **attributes})


def retrieval(source: str, **attributes: Any) -> Work:
    """A look-up in the concept graph, the passages or the memory (`retrieval`).

    Args:
        source: What is looked up in.
    """
    return Work("retrieval", source, {names.PROVIDER: names.OWN_PROVIDER, names.DATA_SOURCE: source, **attributes})


async def stepped(work: Work, items: AsyncIterator[Item]) -> AsyncGenerator[Item]:
    """The items of an asynchronous iterator, each made with the work as the current one.

    Between two items the consumer of a generator is at work, in the same context: it must not find our span there. The
    work is begun before and ended by the caller.
    """
    while True:
        work.resume()
        try:
            item = await anext(items)
        except StopAsyncIteration:
            return
        finally:
            work.suspend()
        yield item
