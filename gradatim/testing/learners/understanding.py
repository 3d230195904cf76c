"""What a learner has understood by now: where the fault is, what is wrong there, and what should happen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from gradatim.testing.learners.cues import Cue, FactCue, KindCue, LineCue
from gradatim.testing.learners.fault import Draft, Fault
from gradatim.testing.learners.kinds import KINDS, kinds_at
from gradatim.testing.learners.parameters import Parameters, Traits

_SURE = 1e-9
_HEADER = re.compile(r"\s*(?:def|class|else|try)\b")


class Understanding:
    """A learner's beliefs, moved by what they read and find out.

    Args:
        fault: The fault that they cannot see yet.
        parameters: How much each thing moves them.
        traits: Gives what is known from the task's text.
        seen: Lines that Python itself reported, e.g. where an exception was raised.

    Attributes:
        where: Line of the first program → weight.
        what: Kind of fault → weight.
        should: How well it is known what should happen, in [0, 1].
        trust: How far the tutor is believed, in [0, 1].
    """

    def __init__(self, fault: Fault, parameters: Parameters, traits: Traits, seen: Iterable[int] = ()) -> None:
        self._parameters = parameters
        self._kind, self._faulty = fault.kind, fault.lines
        self._lines = fault.code.splitlines()
        share = min(1.0, parameters.suspects / max(1, sum(bool(line.strip()) for line in self._lines)))
        self.where = {
            number: share * (parameters.header if _HEADER.match(line) else 1.0)
            for number, line in enumerate(self._lines, 1)
            if line.strip()
        }
        for line in fault.lines & set(self.where):
            self.where[line] = min(share * parameters.blind, self.where[line])
        for line in seen:
            if line in self.where:
                self.where[line] += parameters.pointer / 2
        self.what = dict.fromkeys(KINDS, 1.0)
        self.what[fault.kind] = parameters.blind
        self.should = traits.prior
        self.trust = 1.0
        self._pointed: dict[int, float] = {}

    # ------------------------------------------------------------------------------------------ taking in

    def take(self, cue: Cue, draft: Draft, weight: float = 1.0) -> bool:
        """Take in one cue of a sentence; tells whether it said anything to act on.

        Args:
            draft: The program that the text speaks of.
            weight: How well the sentence is taken in, in [0, 1].
        """
        weight *= self.trust
        match cue:
            case LineCue():
                self._take_lines(cue, draft, weight)
                return cue.how == "pointer" and not cue.approving
            case KindCue():
                gain = self._parameters.saying if cue.saying else self._parameters.naming
                for kind in cue.kinds:
                    self.what[kind] += weight * gain / math.sqrt(len(cue.kinds))
                return cue.saying
            case FactCue(wrong=True):
                self.should *= 1 - self._parameters.misled * weight
                return False
            case FactCue():
                if cue.needed:
                    self._nearer(self._parameters.fact * weight)
                if cue.got:
                    self._nearer(self._parameters.contrast * weight)
                return cue.needed or cue.got

    def _take_lines(self, cue: LineCue, draft: Draft, weight: float) -> None:
        lines = [line for line in dict.fromkeys(map(draft.original, cue.lines)) if line in self.where]
        for line in lines:
            if cue.approving:
                self.where[line] *= 1 - 0.5 * weight
                continue
            if cue.how == "pointer":
                # who points at everything points at nothing
                pull = self._parameters.blame if cue.blaming else self._parameters.pointer
                gain = weight * pull * min(1.0, 2 / len(lines))
                self._pointed[line] = self._pointed.get(line, 0.0) + gain
            else:
                gain = weight * (self._parameters.part if cue.how == "part" else self._parameters.variable) / len(lines)
            self.where[line] += gain

    def conflict(self, lines: Iterable[int], telling: bool, weight: float = 1.0) -> None:
        """A prediction turned out wrong.

        Args:
            lines: Lines of the first program that it was about.
            telling: Whether it has to do with the fault.
            weight: How clearly it was seen, in [0, 1].
        """
        self._nearer(self._parameters.conflict * weight)
        known = [line for line in lines if line in self.where]
        for line in known:
            self.where[line] += weight * self._parameters.pointer / max(1, len(known))
        if telling:
            self.what[self._kind] += weight * self._parameters.insight

    def worked_out(self) -> None:
        """What should happen for an input was found in the task's text."""
        self._nearer(self._parameters.fact)

    def explained(self, lines: Iterable[int]) -> None:
        """A line was explained by the learner themselves."""
        for line in lines:
            if line in self.where:
                self.where[line] += self._parameters.explaining

    def failed(self, line: int, kind: str) -> None:
        """A change at a line did not help: who pointed there is believed less, and something else is thought of."""
        if self._pointed.get(line, 0.0) > 0:
            self.trust *= self._parameters.doubt
        self.where[line] = self.where.get(line, 1.0) * self._parameters.dropping
        self.what[kind] *= self._parameters.dropping

    def _nearer(self, share: float) -> None:
        self.should += (1 - self.should) * max(0.0, min(1.0, share))

    # ------------------------------------------------------------------------------------------ beliefs

    def places(self) -> Mapping[int, float]:
        """Line of the first program → how likely the learner would look for the fault there."""
        weights = {line: max(weight, _SURE) ** self._parameters.precision for line, weight in self.where.items()}
        total = sum(weights.values())
        return {line: weight / total for line, weight in weights.items()}

    def kinds(self, line: int) -> Mapping[str, float]:
        """Kind of fault → how likely the learner would think of it, looking at a line of the first program."""
        text = self._lines[line - 1] if 1 <= line <= len(self._lines) else ""
        fitting = kinds_at(text, self._kind if line in self._faulty else None)
        weights = {kind: max(self.what[kind], _SURE) ** self._parameters.precision for kind in fitting}
        total = sum(weights.values())
        return {kind: weight / total for kind, weight in weights.items()}

    @property
    def confidence(self) -> float:
        """How sure the learner is of the best guess, right or wrong, in [0, 1]."""
        places = self.places()
        line = max(places, key=lambda item: places[item], default=None)
        if line is None:
            return 0.0
        return (places[line] * max(self.kinds(line).values(), default=0.0)) ** 0.5
