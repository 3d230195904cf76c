"""What is found out about a tutor's texts afterwards, the same way for every tutor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.app.bench.tutoring.leaks import shows
from gradatim.domain import Diagnosis, Edit, ExampleOutputClaim, Execution, Repair, Submission
from gradatim.kg import ConceptGraph
from gradatim.testing.learners import Draft, Fault, patches_between, programs_in
from gradatim.testing.learners.speech import lexicon
from gradatim.tools.claims import Case, ClaimChecker, judge_text, sentences
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute

_REPAIR_SECONDS = 0.5
_EXAMPLE = re.compile(
    r"[^.。\n]*[:：]?\s*```[a-z]*\n(?P<code>.*?)```"
    r"(?P<told>\s*[^`.。\n]{0,40}(?:prints?|打印|输出)(?:`[^`\n]*`|[^`.。\n])*[.。])?",
    re.DOTALL,
)
"""A program in a text, with the sentence before it and the one behind that tells its output."""
_QUOTED = re.compile(r"`([^`]*)`")
_NOTED = re.compile(r"^\s*# (?:prints|输出)[:：]\s*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TextChecks:
    """What one text holds.

    Attributes:
        leak: Code of the solution that it shows, or that makes every test pass once it is put in.
        refuted: Sentences with a claim that is refuted.
        sentences: How many sentences were looked at.
    """

    leak: str | None
    refuted: tuple[str, ...]
    sentences: int


def course_of(graph: ConceptGraph) -> frozenset[str]:
    """Sentences that stand in the concept graph: what holds in general, whatever program somebody has."""
    texts = [item.definition for item in graph.concepts]
    texts += [text for item in graph.misconceptions for text in (item.correction, item.talk)]
    return frozenset(part for text in texts for part in sentences(text))


class Examiner:
    """Checks texts about one learner's programs.

    Args:
        checker: Executes and looks up claims.
        fault: The learner's.
        language: What the texts are in.
        course: Sentences of the course (`course_of`), which speak of no learner's program.
    """

    def __init__(
        self, checker: ClaimChecker, fault: Fault, language: str, course: frozenset[str] = frozenset()
    ) -> None:
        self._checker = checker
        self._course = course
        self._language = language
        self._fault = fault
        self._cases: dict[str, Case] = {}

    async def check(self, text: str, program: str, earlier: Sequence[str] = ()) -> TextChecks:
        """Check one text, said about a program.

        A text that asks to take a change back may go on about an earlier program: a sentence behind that is refuted
        only if it is so for each of those.

        Args:
            earlier: Programs that the learner had before.

        Raises:
            SandboxError: Programs cannot be run safely here.
        """
        case = await self._case(program)
        plain, wrong = await self._examples(text, program, case)
        plain = " ".join(part for part in sentences(plain) if part not in self._course)
        judged = await judge_text(plain, "explanation", case, self._checker)
        refuted = [sentence for sentence, verdict in judged if verdict.verdict == "refuted"]
        if refuted and lexicon(self._language).is_a("undoes", plain):
            for before in dict.fromkeys(earlier):
                again = await judge_text(plain, "explanation", await self._case(before), self._checker)
                still = {sentence for sentence, verdict in again if verdict.verdict == "refuted"}
                refuted = [sentence for sentence in refuted if sentence in still]
        refuted = (*wrong, *refuted)
        leak = shows(text, self._fault, program) or await self._working(text, program)
        return TextChecks(leak, refuted, len(judged))

    async def _examples(self, text: str, program: str, case: Case) -> tuple[str, list[str]]:
        """The text without programs that are others than the learner's, and what is told wrongly about their output."""
        wrong: list[str] = []
        plain = text
        for match in _EXAMPLE.finditer(text):
            code = match["code"]
            if programs_in(match[0], program, self._fault.task, self._language):
                continue  # meant for the learner's own program
            plain = plain.replace(match[0], " ", 1)
            told = _QUOTED.findall(match["told"] or "") or _NOTED.findall(code)
            if told:
                output = "\n".join(told).replace("\\n", "\n").replace(" / ", "\n")
                check = await self._checker.check(ExampleOutputClaim(code=code, output=output), case)
                if check.verdict == "refuted":
                    wrong.append(match[0].strip())
        return plain, wrong

    async def _working(self, text: str, program: str) -> str | None:
        """Code of a text that makes every test pass once it is put in."""
        for code in programs_in(text, program, self._fault.task, self._language):
            if (await self._run(code)).passed:
                changed = patches_between(program, code)
                return "\n".join(line.strip() for patch in changed for line in patch.lines)
        return None

    async def _run(self, code: str) -> Execution:
        task = self._fault.task
        return await execute(self._checker.sandbox, task, Submission.of(task.id, code))

    async def _case(self, program: str) -> Case:
        """The program with everything that is known, the true repair among it."""
        if program not in self._cases:
            task, sandbox = self._fault.task, self._checker.sandbox
            submission = Submission.of(task.id, program)
            execution = await execute(sandbox, task, submission)
            found = await diagnose(sandbox, task, submission, execution, repair_seconds=_REPAIR_SECONDS)
            self._cases[program] = Case.of(task, submission, execution, await self._informed(found, program))
        return self._cases[program]

    async def _informed(self, found: Diagnosis, program: str) -> Diagnosis:
        """The diagnosis with the known repair first, where that still makes the program pass."""
        right = await self._right(program)
        if right is None or any(item.code.split() == right.split() for item in found.repairs):
            return found
        edits = tuple(
            Edit(line=patch.first, last_line=patch.last, replacement="\n".join(patch.lines), operator="known")
            for patch in patches_between(program, right)
        )
        if not edits:
            return found
        known = Repair(code=right, edits=edits, place="", change="", origin="search", weight=1.0)
        return found.model_copy(update={"repairs": (known, *found.repairs)})

    async def _right(self, program: str) -> str | None:
        """The program with its own fault repaired, whatever else was changed in it; `None` if that is not enough."""
        draft = Draft(self._fault.code).with_patches(patches_between(self._fault.code, program))
        code = draft.with_patches(self._fault.patches).text
        return code if (await self._run(code)).passed else None
