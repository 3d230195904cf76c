"""From an async function to a LangChain tool: typed arguments, compact JSON, errors that a model can read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from langchain_core.tools import StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.v1 import ValidationError as OldValidationError

from gradatim.errors import GradatimError
from gradatim.languages import speaking

Plain = dict[str, Any]


class Arguments(BaseModel):
    """Base of the arguments of a tool; what a tool does not know is refused, so that a model notices."""

    model_config = ConfigDict(extra="forbid")


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)

READS, WRITES = "reads", "writes"
"""Tags: whether a tool only looks, or also adds to what is kept."""


def make_tool(
    name: str,
    description: str,
    arguments: type[ArgumentsT],
    work: Callable[[ArgumentsT], Awaitable[Plain]],
    *,
    writes: bool = False,
    language: str | None = None,
) -> StructuredTool:
    """A tool whose content is the answer as compact JSON, and whose artifact is the answer as data.

    What gradatim raises on purpose becomes the tool's answer, `{"error", "place", "remedy"}` with the status `error`:
    a model that calls a tool wrongly reads what was wrong and tries again. Bugs are raised.

    Args:
        work: Answers checked arguments.
        writes: Whether it adds to what is kept; noted as a tag.
        language: Code of the language that answers speak; the one spoken already when not given.
    """

    async def run(**given: Any) -> tuple[str, Plain]:
        try:
            with speaking(language):
                answer = await work(arguments.model_validate(given))
        except GradatimError as error:
            raise ToolException(compact(told(error))) from error
        text = compact(answer)
        return text, json.loads(text)

    return StructuredTool.from_function(
        coroutine=run,
        name=name,
        description=description,
        args_schema=arguments,
        response_format="content_and_artifact",
        handle_tool_error=_as_it_is,
        handle_validation_error=_wrong_arguments,
        tags=[WRITES if writes else READS],
    )


def told(error: GradatimError) -> Plain:
    """An error as data: what, where, what to do."""
    said = {"error": error.message, "place": error.place, "remedy": error.remedy}
    return {key: value for key, value in said.items() if value}


def compact(answer: Plain) -> str:
    """JSON without white space; letters stay as they are, except those that no encoding of Unicode can carry."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def _as_it_is(error: ToolException) -> str:
    return str(error)


def _wrong_arguments(error: ValidationError | OldValidationError) -> str:
    problems = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}" for item in error.errors())
    remedy = "call the tool again with arguments as its schema says"
    return compact({"error": f"wrong arguments: {problems}"[:600], "place": "arguments", "remedy": remedy})
