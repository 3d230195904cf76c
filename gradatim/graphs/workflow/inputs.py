"""What is given to a run: inputs and edited values, held against the types of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel, PydanticUserError, TypeAdapter, ValidationError

from gradatim.agents.hitl import ACTION, to_decision
from gradatim.agents.state import Plain
from gradatim.errors import InputError, ReviewError
from gradatim.graphs.workflow.analysis import Analysis
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.plain import finite
from gradatim.graphs.workflow.state import GIVEN, SHARED
from gradatim.graphs.workflow.types import bare, form_of, show


def checked_inputs(found: Analysis, inputs: Mapping[str, Any]) -> Plain:
    """Inputs as plain JSON.

    Raises:
        InputError: One is missing, unknown, or not of its key's type.
    """
    wanted = found.workflow.spec.inputs
    name = found.workflow.name
    missing = [key for key in wanted if key not in inputs]
    if missing:
        raise InputError(
            f"the input {missing[0]!r} is missing", place=f"workflow {name}",
            remedy=f"give {missing[0]}: {show(found.inputs.get(missing[0], Any))}",
        )  # fmt: skip
    given: Plain = {}
    for key, value in inputs.items():
        if key not in wanted and key not in GIVEN and key not in SHARED:
            raise InputError(
                f"there is no input {key!r}", place=f"workflow {name}", remedy=did_you_mean(key, wanted, "its inputs")
            )
        given[key] = _plain(value)
        kind = found.inputs.get(key, found.types.get(key, Any))
        reason = why_unfit(given[key], kind)
        if reason is not None:
            raise InputError(
                f"the input {key!r} is no {show(kind)}: {reason}", place=f"workflow {name}",
                remedy=f"give {key!r} as {form_of(kind)}",
            )  # fmt: skip
    return given


def checked_answer(found: Analysis, node: str, request: Any, answer: Any) -> None:
    """Refuse an answer that cannot be taken, before it is given to the run.

    Args:
        node: Which node of the workflow asks.

    Raises:
        ReviewError: It is no `HITLResponse` with one decision, says something that was not to be chosen from, or edits
            what may not be edited or into what its readers could not read.
    """
    decision = _decision(answer)
    config = _first(request, "review_configs")
    allowed: list[str] = config.get("allowed_decisions") or []
    kind = decision.get("type")
    if allowed and kind not in allowed:
        raise ReviewError(
            f"{kind} is not among the answers that it takes",
            place="answer",
            remedy=f"choose from: {', '.join(allowed)}",
        )
    if kind == "respond" and not str(decision.get("message") or "").strip():
        raise ReviewError("a response needs a text", place="answer", remedy="give a message")
    action = _first(request, "action_requests").get("name")
    if action == ACTION:  # the assessment's own question
        to_decision("answer", answer)
        return
    edited: Any = decision.get("edited_action")
    values: Any = cast("Plain", edited).get("args") if isinstance(edited, dict) else None
    if kind == "edit" and not isinstance(values, dict):
        raise ReviewError("an edit needs the edited values", place="answer", remedy="give `edited_action.args`")
    known: Plain | None = cast("Plain", config.get("args_schema") or {}).get("properties")
    for key, value in cast("Plain", values or {}).items():
        if known is not None and key not in known:
            raise ReviewError(f"{key!r} may not be edited", place="answer", remedy=f"edit only: {', '.join(known)}")
        wanted = _type_at(found, node, key)
        reason = why_unfit(value, wanted)
        if reason is not None:
            raise ReviewError(
                f"the edit of {key!r} is no {show(wanted)}: {reason}", place="answer",
                remedy=f"give {key!r} as {form_of(wanted)}",
            )  # fmt: skip


def _type_at(found: Analysis, name: str, key: str) -> Any:
    """Type of a key where a node asks; in a sub-workflow, of the key there."""
    node = found.nodes.get(name)
    if node is not None and node.inner is not None:
        found = node.inner
    elif node is None or node.element is not None:
        return Any
    kinds = [kind for _, kind in (*found.readers(key), *found.writers(key)) if bare(kind) is not Any]
    return kinds[0] if kinds else Any


def _first(request: Any, key: str) -> Plain:
    parts: Any = cast("Plain", request).get(key) if isinstance(request, dict) else None
    return cast("Plain", parts[0]) if isinstance(parts, list) and parts else {}


def _decision(answer: Any) -> Plain:
    decisions: Any = cast("Plain", answer).get("decisions") if isinstance(answer, dict) else None
    given = cast("list[Any]", decisions) if isinstance(decisions, list) else []
    found: Any = given[0] if len(given) == 1 else None
    if not isinstance(found, dict):
        raise ReviewError(
            "is not a HITLResponse with one decision", place="answer",
            remedy='give {"decisions": [{"type": "approve|edit|reject|respond", …}]}',
        )  # fmt: skip
    return cast("Plain", found)


def why_unfit(value: Any, kind: Any) -> str | None:
    """Why plain data is not of a type; `None` where it is."""
    if not finite(value):
        return "it holds NaN or infinity, which JSON does not have"
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        said = str(first["msg"]).replace("Input should be a valid dictionary", "it has to be a mapping")
        said = said.replace("Input should be", "it has to be").replace("a valid list", "a list")
        return f"{where}: {said}" if where else said
    except PydanticUserError:  # a type of which no adapter can be made says nothing about plain data
        return None
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    return value
