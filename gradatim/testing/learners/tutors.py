"""Tutors for comparison: one who says nothing of use, and one who knows all and tells it."""

from __future__ import annotations

from gradatim.domain import Task
from gradatim.testing.learners.desk import Desk
from gradatim.testing.learners.dialogue import Said
from gradatim.testing.learners.fault import Draft, Fault
from gradatim.testing.learners.reply import Reply
from gradatim.testing.learners.speech import lexicon
from gradatim.tools.sandbox import Sandbox


class SilentTutor:
    """Says the same useless thing each time: whoever succeeds with it did so alone."""

    def __init__(self) -> None:
        self._language = "en"

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        """See `Tutor`."""
        self._language = language
        return Said(lexicon(language).tells["silent"])

    async def answer(self, reply: Reply) -> Said:
        """See `Tutor`."""
        return Said(lexicon(self._language).tells["silent"])


class TellingTutor:
    """Knows the fault and says at once where and what it is, with a failing test; gives no code of the repair.

    Args:
        fault: The learner's.
        sandbox: Where the program is run.
    """

    def __init__(self, fault: Fault, sandbox: Sandbox) -> None:
        self._fault = fault
        self._desk = Desk(sandbox, fault.task)
        self._language = "en"
        self._program = fault.code

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        """See `Tutor`."""
        self._language = language
        return Said(await self._all())

    async def answer(self, reply: Reply) -> Said:
        """See `Tutor`."""
        self._program = reply.code or self._program
        return Said(await self._all())

    async def _all(self) -> str:
        tells = lexicon(self._language).tells
        lines = self._program.splitlines()
        draft = Draft(self._fault.code)
        line = draft.current(self._fault.patches[0].first)
        code = lines[line - 1].strip() if line <= len(lines) else ""
        parts = [tells["place"].format(line=line, code=code)]
        parts.append(lexicon(self._language).kinds[self._fault.kind])
        for seen in await self._desk.observations(self._program):
            if not seen.passed and seen.needed is not None:
                call = seen.case.call or seen.case.label
                got = (seen.got or "nothing").strip()
                parts.append(tells["fact"].format(call=call, got=got, needed=seen.needed.strip()))
                break
        return " ".join(parts)
