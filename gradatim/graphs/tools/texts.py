"""Tools that check what somebody is about to say about a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Any

from langchain_core.tools import BaseTool
from pydantic import Field, TypeAdapter, ValidationError, create_model

from gradatim.domain import ChangeFixesClaim, Check, Claim
from gradatim.errors import InputError
from gradatim.graphs.tools.audience import View
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.programs import CODE, task_field
from gradatim.graphs.tools.tool import Arguments, Plain, make_tool
from gradatim.languages import rendered
from gradatim.tools.claims import ClaimChecker, SentenceVerdict, find_leak, judge_text

TEXT = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4_000,
        description="What is to be said to the learner about this program.",
    ),
]
CLAIM = Annotated[
    dict[str, Any],
    Field(
        description='One typed claim: an object with its "kind" and what belongs to it, e.g. '
        '{"kind":"call_result","call":"f(2)","result":"3"}, {"kind":"test_outcome","test":"t1","status":"failed"}, '
        '{"kind":"line_quote","line":3,"text":"range(n)"}, {"kind":"fault_line","line":4}, '
        '{"kind":"concept_relation","source":"function","relation":"prerequisite","target":"recursion"}.'
    ),
]
_CLAIM: TypeAdapter[Claim] = TypeAdapter(Claim)


def text_tools(desk: Desk) -> Iterator[BaseTool]:
    """Tools to check a text and a single claim."""
    tool = partial(make_tool, language=desk.spoken)
    task = task_field(desk)
    about: Any = create_model("TextArguments", __base__=Arguments, task=(task, ...), code=(CODE, ...), text=(TEXT, ...))
    one: Any = create_model(
        "ClaimArguments", __base__=Arguments, task=(task, ...), code=(CODE, ...), claim=(CLAIM, ...)
    )
    checker = ClaimChecker(desk.services.sandbox, desk.services.concepts)

    async def check_text(given: Any) -> Plain:
        found = desk.task(given.task)
        view, case = desk.view(found), await desk.case(found, given.code)
        judged = await judge_text(given.text, "explanation", case, checker)
        rows = [_row(sentence, verdict, find_leak(sentence, case), view) for sentence, verdict in judged]
        sayable = all(row["verdict"] in ("supported", "none") and "gives_solution_away" not in row for row in rows)
        return {"may_be_said": sayable, "sentences": rows}

    async def check_claim(given: Any) -> Plain:
        found = desk.task(given.task)
        claim = _claim(given.claim)
        view, check = desk.view(found), await checker.check(claim, await desk.case(found, given.code))
        return view.check(check) | _warning(None, (check,), view)

    yield tool(
        "check_text",
        "Check a text about a program before it is said to a learner, sentence by sentence: supported, refuted "
        "(with the truth), unchecked (an opinion, not to be said as a fact), or none (states nothing). Also tells "
        "where it would give the solution away.",
        about,
        check_text,
    )
    yield tool(
        "check_claim",
        "Execute or look up one typed claim about a program: supported, refuted or unchecked, and what was found.",
        one,
        check_claim,
    )


def _row(sentence: str, verdict: SentenceVerdict, leak: Check | None, view: View) -> Plain:
    """What became of one sentence."""
    reason = verdict.reason if view.redaction(verdict.reason) == verdict.reason else "this rests on a hidden test"
    row: Plain = {"sentence": sentence, "verdict": verdict.verdict, "detail": rendered(reason)}
    return row | _warning(leak, verdict.checks, view)


def _warning(leak: Check | None, checks: Iterable[Check], view: View) -> Plain:
    """A word where something gives the solution away and the task does not allow that.

    A change that makes every test pass is a solution, however everyday its code looks.
    """
    solved = any(isinstance(item.claim, ChangeFixesClaim) and item.verdict == "supported" for item in checks)
    return {"gives_solution_away": True} if (leak or solved) and not view.task.reveal_solution else {}


def _claim(given: dict[str, Any]) -> Claim:
    try:
        return _CLAIM.validate_python(given)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(["claim", *(str(part) for part in problem["loc"] if part != given.get("kind"))])
        raise InputError(problem["msg"], place=place, remedy="write the claim as its kind wants it") from error
