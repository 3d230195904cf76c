"""What a model proposes as the material of an item, and what of it can be read without running it."""

from __future__ import annotations

import ast
import textwrap
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gradatim.tools.items.arguments import TYPES, argument_of
from gradatim.tools.items.families import Program
from gradatim.tools.items.source import canonical

TITLE, DOES, CODE = 60, 320, 900
_FORBIDDEN = (
    ast.Import, ast.ImportFrom, ast.ClassDef, ast.AsyncFunctionDef, ast.Global, ast.Nonlocal, ast.With,
    ast.Yield, ast.Await, ast.Set, ast.SetComp,
)  # fmt: skip
_CALLS = frozenset(
    {"input", "print", "open", "eval", "exec", "compile", "getattr", "setattr", "globals", "vars", "hash", "id"}
)
_CONSTRUCTS: tuple[tuple[type[ast.AST], str], ...] = (
    (ast.For, "for-loop"), (ast.While, "while-loop"), (ast.If, "if-statement"), (ast.ListComp, "list-comprehension"),
    (ast.Dict, "dictionary"), (ast.Slice, "list-slice"), (ast.Mod, "modulo"), (ast.FloorDiv, "floor-division"),
    (ast.And, "and-operator"), (ast.Or, "or-operator"), (ast.Break, "break-statement"),
)  # fmt: skip


def _tidied(code: str) -> str:
    """Code without the fence around it and with real line ends: small models write `\\n` into JSON twice escaped."""
    text = code.strip("\n")
    if text.lstrip().startswith("```"):
        text = text.strip().removeprefix("```").removesuffix("```").removeprefix("python").strip("\n")
    if "\n" not in text and "\\n" in text:
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    return textwrap.dedent(text)


Code = Annotated[str, AfterValidator(_tidied)]


class Parameter(BaseModel):
    """A parameter of the proposed function."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,19}$")]
    type: str


class Proposal(BaseModel):
    """What the model answers."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=3, max_length=TITLE)]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{2,24}$")]
    parameters: Annotated[list[Parameter], Field(min_length=1, max_length=3)]
    code: Annotated[Code, Field(min_length=20, max_length=CODE)]
    does: Annotated[str, Field(min_length=15, max_length=DOES)]


class Solution(BaseModel):
    """A program written from the description alone."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[Code, Field(min_length=10, max_length=CODE)]


def proposal_schema() -> dict[str, Any]:
    """The JSON schema that the model is held to: types of parameters are enumerated, texts bounded."""
    schema = Proposal.model_json_schema()
    schema["$defs"]["Parameter"]["properties"]["type"] = {"enum": list(TYPES)}
    return schema


def refusal(proposal: Proposal) -> str | None:
    """Why a proposal cannot be used, as far as reading tells; `None` where it can be tried."""
    try:
        tree = ast.parse(proposal.code)
    except SyntaxError as error:
        return f"the code is no Python ({error.msg}, line {error.lineno})"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the code is no Python ({error.__class__.__name__})"
    own = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(own) != len(tree.body) or [node.name for node in own].count(proposal.name) != 1:
        return f"the code has to be the function {proposal.name} alone (helper functions may stand beside it)"
    main = next(node for node in own if node.name == proposal.name)
    given = [argument.arg for argument in main.args.args]
    if given != [parameter.name for parameter in proposal.parameters]:
        return "the function's parameters are not those that are listed"
    for node in ast.walk(tree):
        if isinstance(node, _FORBIDDEN):
            return f"the code uses {type(node).__name__}, which these exercises do without"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            return f"the code calls {node.func.id}"
    if any(parameter.type not in TYPES for parameter in proposal.parameters):
        return f"the types of parameters have to be among {', '.join(TYPES)}"
    lines = [line.strip() for line in proposal.code.splitlines() if len(line.strip()) > 8]
    if any(line in proposal.does for line in lines) or "def " in proposal.does:
        return "the description quotes the code"
    return None


def program_of(proposal: Proposal, concepts: tuple[str, ...], here: frozenset[str]) -> Program:
    """The proposal as a program to make items from.

    Args:
        concepts: What was asked for; what the code visibly uses is added.
        here: Concepts of the graph.
    """
    code = canonical(proposal.code)
    kinds = {type(node) for node in ast.walk(ast.parse(code))}
    used = tuple(concept for kind, concept in _CONSTRUCTS if kind in kinds and concept in here)
    return Program(
        family="model",
        name=proposal.name,
        code=code,
        concepts=tuple(dict.fromkeys((*concepts, *used)))[:6],
        arguments=tuple(argument_of(parameter.type) for parameter in proposal.parameters),
        title=proposal.title,
        does=proposal.does,
    )
