"""Drawing new standard inputs: the tests' own with other numbers, words and lines, counts kept right."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from gradatim.tools.inputs.numbers import Integers
from gradatim.tools.inputs.texts import Texts

_MOST_LINES = 40


class InputDrawer:
    """Draws inputs like those of a task's tests.

    What is kept: a first line that counts the lines (or the items of the one line) after it, a line that ends the
    input in every test, and the place of each line where all inputs have the same number of lines.

    Args:
        seen: The tests' standard inputs; at least one.
    """

    def __init__(self, seen: Sequence[str]) -> None:
        self._seen = tuple(dict.fromkeys(seen))
        self._split = [text.splitlines() for text in self._seen]
        counts = {len(lines) for lines in self._split}
        self._counted = all(_counts_lines(lines) for lines in self._split)
        self._counts_items = not self._counted and all(_counts_items(lines) for lines in self._split)
        self._fixed = len(counts) == 1 and (len(self._split) > 1 or not self._counted)
        self._end = None if self._counted or self._fixed else _common_line(self._split)
        self._bodies = [self._body(lines) for lines in self._split]
        if self._fixed:
            width = counts.pop()
            self._shapes = [Texts.learn([lines[index] for lines in self._split]) for index in range(width)]
        else:
            body = [line for lines in self._bodies for line in lines]
            self._shapes = [Texts.learn(body)] if body else []
        sizes = [len(body) for body in self._bodies]
        self._sizes = Integers.learn(sizes)

    def _body(self, lines: Sequence[str]) -> list[str]:
        """The lines that are data: without the count before them and the end after them."""
        if self._counted:
            return list(lines[1:])
        return [line for line in lines if line != self._end] if self._end is not None else list(lines)

    @property
    def own(self) -> tuple[str, ...]:
        """The tests' own inputs."""
        return self._seen

    def draw(self, rng: random.Random) -> Iterator[str]:
        """New inputs without end; some of them may repeat."""
        if not self._shapes:
            return
        while True:
            index = rng.randrange(len(self._split))
            lines = self._drawn(index, rng)
            ending = "\n" if self._seen[index].endswith("\n") else ""
            yield "\n".join(lines) + ending

    def _drawn(self, index: int, rng: random.Random) -> list[str]:
        lines = self._split[index]
        if self._fixed:
            drawn = [
                shape.draw(rng) if rng.random() < 0.8 else line for shape, line in zip(self._shapes, lines, strict=True)
            ]
            if self._counted:
                drawn[0] = lines[0]
            if self._counts_items:
                drawn[0] = str(len(drawn[1].split()))
            return drawn
        body = self._changed(self._bodies[index], rng)
        if self._counted:
            return [str(len(body)), *body]
        if self._counts_items:
            return [str(len(body[1].split())), *body[1:]] if len(body) > 1 else list(lines)
        if self._end is None:
            return body
        behind = lines[lines.index(self._end) + 1 :]
        body = [line for line in body if line != self._end]
        return [*body[: len(body) - len(behind)], self._end, *body[len(body) - len(behind) :]]

    def _changed(self, body: Sequence[str], rng: random.Random) -> list[str]:
        """As many lines as the tests have, or one more or less: old ones, changed ones and new ones."""
        (shape,) = self._shapes
        least = min(map(len, self._bodies))
        size = len(body) if rng.random() < 0.4 else max(least, self._sizes.draw(rng))
        kept = [shape.draw(rng) if rng.random() < 0.6 else line for line in body]
        while len(kept) < min(size, _MOST_LINES):
            kept.insert(rng.randint(0, len(kept)), shape.draw(rng))
        while len(kept) > size:
            del kept[rng.randrange(len(kept))]
        return kept


def _counts_lines(lines: Sequence[str]) -> bool:
    return bool(lines) and lines[0].strip().isdecimal() and int(lines[0]) == len(lines) - 1


def _counts_items(lines: Sequence[str]) -> bool:
    return len(lines) == 2 and lines[0].strip().isdecimal() and int(lines[0]) == len(lines[1].split())


def _common_line(split: Sequence[Sequence[str]]) -> str | None:
    """The line that stands in every input, if there are several inputs: what tells the program to end."""
    if len(split) < 2:
        return None
    common = set(split[0]).intersection(*map(set, split[1:]))
    last = [line for lines in split for line in lines[-1:]]
    return max(sorted(common), key=last.count) if common else None
