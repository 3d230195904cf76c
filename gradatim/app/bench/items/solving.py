"""How a simulated learner works on an item: reads, writes, looks for a fault, orders lines, chooses.

Programs that learners come up with are executed (by a mind that does not slip) on the item's tests: those decide.
"""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gradatim.app.bench.items.learners import Learner, constructs, pieces, sigmoid
from gradatim.app.bench.items.mind import Mind, Thought
from gradatim.tools.items.faults import Faulty, faulty
from gradatim.tools.items.item import Block, Item
from gradatim.tools.items.kinds import assembled

_CONSISTENT = 0.85
"""How often somebody who holds a misconception acts on it."""
_SHOWN = 0.07
"""How often a misconception shows at a place of a program where it could, while the program is written."""
_DROPPED = 0.4
"""How often a piece of a plan goes wrong that is too much to be kept in mind."""
_LIMIT = 1_500


def solve(item: Item, learner: Learner, rng: random.Random) -> bool:
    """Whether a learner answers an item right, this time."""
    attempt = Attempt(item, learner, rng)
    return {
        "predict": attempt.predict,
        "choice": attempt.choose,
        "write": attempt.write,
        "fix": attempt.fix,
        "parsons": attempt.order,
    }[item.kind]()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One learner at work on one item."""

    item: Item
    learner: Learner
    rng: random.Random

    def _happens(self, probability: float) -> bool:
        return self.rng.random() < probability

    # ----------------------------------------------------------------------------------------- read

    def _think(self, code: str, call: str | None = None) -> Thought:
        """Work through a program in the mind, with slips and beliefs."""

        odds: dict[tuple[str, int, int], float] = {}

        def slips(kind: str, variables: int, depth: int) -> bool:
            step = (kind, variables, depth)
            if step not in odds:
                odds[step] = self.learner.fails(kind, variables, depth)
            return self.rng.random() < odds[step]

        acted = frozenset(belief for belief in sorted(self.learner.beliefs) if self._happens(_CONSISTENT))
        return Mind(slips, acted, _LIMIT).run(code, call)

    def predict(self) -> bool:
        thought = self._think(self.item.program or "")
        return thought.error is None and thought.printed.strip() == self.item.answer.strip()

    def choose(self) -> bool:
        texts = [option.text for option in self.item.options]
        chosen = self._output(texts) if self.item.task.kind == "program" else self._line(texts)
        return chosen == self.item.answer

    def _output(self, texts: Sequence[str]) -> str:
        """The option that was worked out, or one that looks like it."""
        thought = self._think(self.item.program or "")
        if thought.printed in texts:
            return thought.printed
        near = difflib.get_close_matches(thought.printed, texts, n=1, cutoff=0.6)
        return near[0] if near and self._happens(0.5) else self.rng.choice(list(texts))

    def _line(self, texts: Sequence[str]) -> str:
        """The option that a test or two, worked through in the mind, leave over."""
        held = [
            option.text
            for option in self.item.options
            if option.misconception in self.learner.beliefs and self._happens(_CONSISTENT)
        ]
        if held:
            return self.rng.choice(held)
        left = list(texts)
        for _ in range(1 + self._happens(sigmoid(self.learner.theta))):
            case = self.rng.choice(self.item.task.tests)
            agreeing = [
                text
                for text in left
                if self._think((self.item.program or "").replace("____", text), case.call).value == case.expect
            ]
            left = agreeing or left
        return self.rng.choice(left)

    # ---------------------------------------------------------------------------------------- write

    def _passes(self, code: str, *, hidden: bool = True) -> bool:
        return all(
            _executed(code, case.call or "") == case.expect
            for case in self.item.task.tests
            if hidden or not case.hidden
        )

    def _faults(self, code: str) -> list[Faulty]:
        return list(_faulty(code))

    def _slips_in(self, code: str) -> int:
        """How many places of a program go wrong while it is written."""
        count = 0
        for construct, often in constructs(code).items():
            if construct in self.learner.known:
                count += sum(self._happens(self.learner.chance(-3.3)) for _ in range(often))
            else:
                count += sum(self._happens(0.45) for _ in range(often))
        depth = max(len(line) - len(line.lstrip()) for line in code.splitlines()) // 4
        statements = sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(code)))
        count += sum(self._happens(self.learner.chance(-4.6 + 0.5 * depth)) for _ in range(statements))
        return count + sum(self._happens(_DROPPED) for _ in range(self._beyond(code)))

    def _beyond(self, code: str) -> int:
        """Pieces of a program's plan that are too many for the learner."""
        return max(0, round(_pieces(code) - self.learner.capacity))

    def _written(self, right: str) -> tuple[str, bool]:
        """A program as the learner writes it, and whether a misconception shaped it."""
        code, believed = right, False
        held = [fault for fault in self._faults(right) if fault.misconception in self.learner.beliefs]
        # a belief does not show in every program in which it could
        shown = [fault for fault in held if self._happens(_SHOWN)]
        if shown:
            code, believed = self.rng.choice(shown).code, True
        for _ in range(min(self._slips_in(right), 4)):
            changes = self._faults(code)
            if not changes:
                break
            code = self.rng.choice(changes).code
        return code, believed

    def write(self) -> bool:
        right = self.item.answer
        code, believed = self._written(right)
        for _ in range(2):
            if self._passes(code, hidden=False):
                break
            # sees that it fails, and may find out why
            if self._happens(1.0 - self.learner.chance(1.8 if believed else 0.7)):
                code, believed = self._written(right)
        return self._passes(code)

    def fix(self) -> bool:
        item = self.item
        shown = item.program or ""
        blind = item.wrong[0].misconception in self.learner.beliefs and self._happens(_CONSISTENT)
        example = next(case for case in item.task.tests if not case.hidden)
        followed = self._think(shown, example.call).value == _executed(shown, example.call or "")
        unknown = sum(often for name, often in constructs(shown).items() if name not in self.learner.known)
        code = shown
        for _ in range(2):
            lines = len(shown.splitlines())
            # how far into the program the fault is found, past lines that look wrong and are not
            distracted = any(self._happens(self.learner.chance(-2.9)) for _ in range(lines))
            odds = (
                -1.7 + (0.0 if followed else 1.2) + 0.4 * unknown + 0.6 * self._beyond(shown) + (2.5 if blind else 0.0)
            )
            if not distracted and self._happens(1.0 - self.learner.chance(odds)):
                changed = _changed_part(item.answer, shown)
                slips = sum(
                    self._happens(self.learner.chance(-3.6) if name in self.learner.known else 0.4) for name in changed
                )
                code = item.answer if not slips else self.rng.choice(self._faults(item.answer)).code
            else:
                code = self.rng.choice(self._faults(shown) or [Faulty(shown, "")]).code
            if self._passes(code, hidden=False):
                break
        return self._passes(code)

    def order(self) -> bool:
        blocks = [block for block in self.item.blocks if block.misconception is None]
        extra = [block for block in self.item.blocks if block.misconception is not None]
        code = assembled(self._ordered(blocks, extra))
        if not self._passes(code, hidden=False) and not self._happens(0.4):
            code = assembled(self._ordered(blocks, extra))
        return self._passes(code)

    def _ordered(self, right: Sequence[Block], extra: Sequence[Block]) -> list[Block]:
        """The blocks as the learner puts them."""
        placed = list(right)
        for distractor in extra:
            believed = distractor.misconception in self.learner.beliefs and self._happens(_CONSISTENT)
            if believed or self._happens(self.learner.chance(-1.8)):
                nearest = max(
                    range(len(placed)),
                    key=lambda place: difflib.SequenceMatcher(None, placed[place].text, distractor.text).ratio(),
                )
                placed[nearest] = distractor
        muddled = 0.4 * self._beyond(self.item.answer)
        for place in range(1, len(placed)):
            block = placed[place]
            unknown = [name for name in _block_constructs(block.text) if name not in self.learner.known]
            if unknown and self._happens(0.35):
                other = self.rng.randrange(1, len(placed))
                placed[place], placed[other] = placed[other], placed[place]
            elif place + 1 < len(placed) and self._happens(self.learner.chance(-3.9 + muddled)):
                placed[place], placed[place + 1] = placed[place + 1], placed[place]
            if self._happens(self.learner.chance(-4.8 + 0.4 * block.indent + muddled)):
                indent = max(1, block.indent + self.rng.choice((-1, 1)))
                placed[place] = placed[place].model_copy(update={"indent": indent})
        return placed


@lru_cache(maxsize=200_000)
def _executed(code: str, call: str) -> str | None:
    """The value of a call, as it is."""
    return Mind(limit=2_500).run(code, call).value


@lru_cache(maxsize=20_000)
def _pieces(code: str) -> int:
    return pieces(code)


@lru_cache(maxsize=20_000)
def _faulty(code: str) -> tuple[Faulty, ...]:
    return tuple(faulty(code))


@lru_cache(maxsize=20_000)
def _block_constructs(text: str) -> tuple[str, ...]:
    for complete in (text, f"{text}\n    pass", f"if True:\n    pass\n{text}\n    pass"):
        try:
            return tuple(constructs(complete))
        except SyntaxError:
            continue
    return ()


def _changed_part(right: str, other: str) -> list[str]:
    """Constructs in the lines that have to be written anew."""
    gone = [line for line in right.splitlines() if line not in other.splitlines()]
    return [name for line in gone for name in _block_constructs(line.strip())] or ["return"]
