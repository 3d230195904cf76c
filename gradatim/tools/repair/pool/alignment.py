"""Which lines of two pieces correspond: ordered tree edit distance.

Zhang and Shasha, "Simple fast algorithms for the editing distance between trees and related problems", SIAM Journal
on Computing 18(6), 1989. Corresponding lines keep their order and who stands under whom, so every subset of the
differences gives a tree again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradatim.tools.repair.pool.lines import HEADERS, Line
from gradatim.tools.repair.pool.tokens import likeness

Label = tuple[str, ...]
Pairs = dict[int, int]
"""Position in the second piece → position in the first."""
MOST_CELLS = 250_000
"""Work beyond which two pieces are too large to be aligned (lines times lines, nesting included)."""
_NEVER = 4.0
_LIKE = (frozenset(("for", "while")), frozenset(("if", "elif", "else")))


def label_cost(kind: str, label: Label, other_kind: str, other: Label) -> float:
    """What it costs to turn one line into another: 0 when equal, below 1 when alike; inserting or deleting costs 1."""
    if kind != other_kind:
        if any(kind in group and other_kind in group for group in _LIKE):
            return 1.0 - 0.1 * likeness(label, other)
        if kind in HEADERS or other_kind in HEADERS or "block" in (kind, other_kind):
            return _NEVER
        return 1.25 - 0.25 * likeness(label, other)
    if label == other or kind == "module":
        return 0.0
    if kind == "block":
        return 0.0 if label[:2] == other[:2] else _NEVER
    if kind in ("def", "class", "import", "importfrom") and label[:2] != other[:2]:
        return _NEVER
    return 0.95 - 0.7 * likeness(label, other)


class TreeShape:
    """Postorder view of a piece's lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        count = len(lines)
        children: list[list[int]] = [[] for _ in range(count)]
        for position in range(1, count):
            children[lines[position].parent].append(position)
        self.order: list[int] = []
        """Postorder → position."""
        leftmost: list[int] = []
        stack: list[tuple[int, int]] = [(0, 0)]
        first: dict[int, int] = {}
        while stack:
            node, visited = stack.pop()
            if visited < len(children[node]):
                stack.append((node, visited + 1))
                stack.append((children[node][visited], 0))
                continue
            place = len(self.order)
            first[node] = first[children[node][0]] if children[node] else place
            leftmost.append(first[node])
            self.order.append(node)
        self.leftmost = leftmost
        last: dict[int, int] = {low: place for place, low in enumerate(leftmost)}
        self.keyroots = sorted(last.values())
        self.work = sum(root - leftmost[root] + 1 for root in self.keyroots)


def align(
    first: Sequence[Line],
    second: Sequence[Line],
    cost: Callable[[int, int], float],
    shapes: tuple[TreeShape, TreeShape] | None = None,
) -> Pairs | None:
    """Corresponding lines at the least cost of changing, inserting and deleting.

    Args:
        cost: Of turning a line of `first` into one of `second`, by their positions.

    Returns:
        The roots always correspond; `None` when the pieces are too large.
    """
    one, two = shapes or (TreeShape(first), TreeShape(second))
    if one.work * two.work > MOST_CELLS:
        return None
    left_one, left_two = one.leftmost, two.leftmost
    n, m = len(one.order), len(two.order)
    change = [[cost(a, b) for b in two.order] for a in one.order]
    change[n - 1][m - 1] = min(change[n - 1][m - 1], 0.5)
    distance = [[0.0] * m for _ in range(n)]

    def forest(i: int, j: int) -> list[list[float]]:
        low_i, low_j = left_one[i], left_two[j]
        rows, columns = i - low_i + 2, j - low_j + 2
        table = [[0.0] * columns for _ in range(rows)]
        for x in range(1, rows):
            table[x][0] = x
        table[0] = [float(y) for y in range(columns)]
        for x in range(1, rows):
            a = low_i + x - 1
            row, above = table[x], table[x - 1]
            whole_a = left_one[a] == low_i
            costs, known, up = change[a], distance[a], left_one[a] - low_i
            for y in range(1, columns):
                b = low_j + y - 1
                best = above[y] + 1.0
                if row[y - 1] + 1.0 < best:
                    best = row[y - 1] + 1.0
                if whole_a and left_two[b] == low_j:
                    other = above[y - 1] + costs[b]
                    if other < best:
                        best = other
                    known[b] = best
                else:
                    other = table[up][left_two[b] - low_j] + known[b]
                    if other < best:
                        best = other
                row[y] = best
        return table

    for i in one.keyroots:
        for j in two.keyroots:
            forest(i, j)
    pairs: Pairs = {}
    waiting = [(n - 1, m - 1)]
    while waiting:
        i, j = waiting.pop()
        low_i, low_j = left_one[i], left_two[j]
        table = forest(i, j)
        x, y = i - low_i + 1, j - low_j + 1
        while x and y:
            a, b = low_i + x - 1, low_j + y - 1
            here = table[x][y]
            if left_one[a] == low_i and left_two[b] == low_j:
                if abs(here - table[x - 1][y - 1] - change[a][b]) < 1e-9 and change[a][b] < 2.0:
                    pairs[two.order[b]] = one.order[a]
                    x, y = x - 1, y - 1
                    continue
            elif abs(here - table[left_one[a] - low_i][left_two[b] - low_j] - distance[a][b]) < 1e-9:
                waiting.append((a, b))
                x, y = left_one[a] - low_i, left_two[b] - low_j
                continue
            if abs(here - table[x - 1][y] - 1.0) < 1e-9:
                x -= 1
            else:
                y -= 1
    pairs.setdefault(0, 0)
    return pairs
