"""Speaker: checks each sentence of a draft and releases what stands, piece by piece.

Each claim is executed or looked up. A sentence with a refuted or an undecided claim is left out, and so is one that
gives something of the solution away, now or together with earlier turns. There is one question, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.checking.secrets import Secrets, latest
from gradatim.agents.tutoring.composing.replies import LATEST
from gradatim.agents.tutoring.state import (
    case_of,
    draft_of,
    in_language,
    passed_of,
    plan_of,
    understood_of,
)
from gradatim.agents.tutoring.turn import Turn
from gradatim.domain import (
    Diagnosis,
    Evidence,
    Execution,
    ProseClaim,
    Statement,
    Submission,
    Task,
    TestCase,
)
from gradatim.errors import SandboxError
from gradatim.languages import say
from gradatim.languages.speaking import spoken
from gradatim.tools.claims import Case, ClaimChecker, judge_text

_ASIDE = re.compile(r"```.*?(?:```|$)|^\|.*$", re.DOTALL | re.MULTILINE)
_BLOCK = ("```", "| ")
"""What stands in lines of its own."""


class Speaker:
    """Lets only what was checked be said.

    Args:
        checker: Executes and looks up claims.
    """

    name = "check"

    def __init__(self, checker: ClaimChecker) -> None:
        self.checker = checker

    async def checked(
        self, statement: Statement, case: Case, secrets: Secrets, said: Sequence[str]
    ) -> Statement | None:
        """The statement with its checks; `None` where it may not be said.

        Raises:
            SandboxError: A program has to be run and cannot be.
        """
        if secrets.told_by(statement.text, said) is not None:
            return None
        checks = list(statement.checks)
        for claim in statement.claims:
            if isinstance(claim, ProseClaim):
                continue
            check = await self.checker.check(claim, case, statement.evidence)
            if check.verdict != "supported":
                return None
            checks.append(check)
        # the words are held against the program that the session goes on from
        about = LATEST not in statement.evidence and bool(case.execution.outcomes)
        if about and await self._refuted(statement.text, case):
            return None
        return statement.model_copy(update={"checks": tuple(checks)})

    async def _refuted(self, text: str, case: Case) -> bool:
        """Whether the words, read as those of any author are, come to something false; programs and tables aside."""
        prose = _ASIDE.sub(" ", text)
        return any(
            verdict.verdict == "refuted" for _, verdict in await judge_text(prose, "explanation", case, self.checker)
        )

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        with in_language(state):
            return await self._spoken(state, runtime)

    async def _spoken(self, state: State, runtime: Any) -> Plain:
        plan, draft = plan_of(state), draft_of(state)
        brought = tuple(Evidence.model_validate(item) for item in state.get("brought") or ())
        own = case_of(state, *brought)
        case = own or _nothing(state, brought)
        secrets = Secrets(None) if "solution" in plan.moves else Secrets.of(own)
        said: list[str] = list(state.get("said") or ())
        if plan.fault is not None and plan.rung <= 1:
            said = []  # another fault: what was quoted before says nothing of it
        write = getattr(runtime, "stream_writer", None)
        released: list[Statement] = []
        update: Plain = {}
        compare = say("tutoring.near.compare")
        for statement in draft:
            try:
                kept = await self.checked(statement, case, secrets, said)
            except SandboxError as error:
                update |= degraded(self.name, error, "sentences that could not be checked were left out")
                kept = None
            if kept is None or (kept.text == compare and not _two_programs(released)):
                continue
            said = latest(said, secrets.quoted(kept.text))
            if write is not None:
                write({"piece": _joint(released[-1].text if released else "", kept.text) + kept.text})
            released.append(kept)
        if not released:
            fallback = Statement(text=say("tutoring.ask.change-anything"))
            released.append(fallback)
            if write is not None:
                write({"piece": fallback.text})
        return update | {"turn": self._turn(state, released).plain(), "said": said}

    def _turn(self, state: State, released: Sequence[Statement]) -> Turn:
        plan, understood = plan_of(state), understood_of(state)
        return Turn(
            session=str(state["session"]),
            number=int(state.get("number") or 0),
            text=joined([item.text for item in released]),
            statements=tuple(released),
            understood=understood.intent if understood and state.get("number") else None,
            move=plan.moves[0] if plan.moves else "ask",
            rung=plan.hint,
            passed=passed_of(state),
            ended="close" in plan.moves,
            held="hand-over" in plan.moves,
            language=spoken(),
            author=str(state.get("author") or "tutor"),
        )


def _two_programs(released: Sequence[Statement]) -> bool:
    """Whether two programs stand there to be compared."""
    return sum("```" in item.text for item in released) >= 2


def joined(texts: Sequence[str]) -> str:
    """Sentences as one text: programs and tables stand apart, the rest runs on."""
    text = ""
    for item in texts:
        text += _joint(text, item) + item
    return text


def _joint(before: str, text: str) -> str:
    """What stands between two sentences."""
    if not before:
        return ""
    if any(mark in before.splitlines()[-1][:3] or mark in text for mark in _BLOCK) or before.endswith(("```", "|")):
        return "\n\n"
    return "" if spoken() == "zh" and before[-1:] in "。！？）”" else " "


def _nothing(state: State, brought: Sequence[Evidence]) -> Case:
    """A case without a program, for what is said of concepts alone."""
    given = state.get("task")
    task = Task.model_validate(given) if given else Task(
        id="concept", title="", statement="", tests=(TestCase(id="t1", call="None", expect="None"),)
    )  # fmt: skip
    submission = Submission(id="none", task_id=task.id, code="")
    execution = Execution(submission="none", task=task.id, outcomes=(), tier="unsafe")
    diagnosis = Diagnosis(submission="none", verdict="incorrect")
    return Case.of(task, submission, execution, diagnosis, tuple(brought))
