"""What a learner says, in one language."""

from __future__ import annotations

import random

from gradatim.domain import ExceptionFact, Execution
from gradatim.testing.learners.fault import Fault
from gradatim.testing.learners.kinds import names_in
from gradatim.testing.learners.speech import Lexicon


class Voice:
    """Puts a learner's messages into words.

    Args:
        language: The language.
        fault: What the learner believes is right.
    """

    def __init__(self, language: Lexicon, fault: Fault) -> None:
        self._lexicon = language
        self._fault = fault

    def phrase(self, key: str, chance: random.Random, **values: object) -> str:
        """One of the ways to say something.

        Raises:
            KeyError: There is nothing under this key.
        """
        return chance.choice(list(self._lexicon.phrases[key])).format(**values)

    def belief(self, chance: random.Random) -> str:
        """What the learner believes about the faulty line."""
        return chance.choice(list(self._lexicon.beliefs[self._fault.kind]))

    def error_of(self, results: Execution) -> ExceptionFact | None:
        """The exception that Python shows when the program is run, if it shows one."""
        if results.load_error is not None:
            return results.load_error
        visible = {case.id for case in self._fault.task.tests if not case.hidden}
        for outcome in results.outcomes:
            if outcome.test in visible and outcome.status == "error" and outcome.exception is not None:
                return outcome.exception
        return None

    def symptom(self, results: Execution) -> str:
        """What Python shows when the program is run, as part of a message; empty where it shows nothing."""
        error = self.error_of(results)
        if error is None:
            return ""
        key = "symptom" if error.line is None else "symptom_line"
        return self._lexicon.phrases[key][0].format(error=error.type, line=error.line)

    def variables(self, code: str) -> frozenset[str]:
        """Variables of the program that one would follow by hand."""
        task = self._fault.task
        return names_in(code) - names_in(task.setup) - {task.entry_point or ""}
