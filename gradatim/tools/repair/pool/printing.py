"""Writing a student's piece in which some lines are new, changed or gone; all others stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gradatim.tools.repair.pool.tokens import split
from gradatim.tools.repair.pool.unit import Unit

Element = tuple[bool, int]
"""Whether it is the student's, and its position."""


class Source(Protocol):
    """Where the lines come from."""

    student: Unit
    donor: Unit
    texts: list[str]

    @property
    def physical(self) -> Sequence[str]:
        """Lines of the student's file."""
        ...

    @property
    def step(self) -> str:
        """White space of one step of indentation."""
        ...

    def own_text(self, position: int) -> str:
        """A student's line in the student's own spelling, without indentation."""
        ...

    def shares(self, position: int) -> frozenset[int]:
        """Positions of the student's lines that stand on the same lines of the file, this one included."""
        ...


class Printer:
    """Writes the lines that are there, in their tree."""

    def __init__(
        self,
        script: Source,
        texts: Mapping[int, str],
        parents: Mapping[Element, Element],
        children: Mapping[Element, list[Element]],
    ) -> None:
        self._script = script
        self._texts = texts
        self._parents = parents
        self._children = children
        self._indents: dict[Element, str] = {}
        self._written: set[int] = set()
        self._out: list[str] = []

    def lines(self, present: Sequence[Element]) -> list[str]:
        unit = self._script.student
        order: list[Element] = []
        waiting: list[Element] = [present[0]]
        while waiting:
            element = waiting.pop()
            order.append(element)
            waiting.extend(reversed(self._children[element]))
        at = unit.first
        leads: dict[int, tuple[int, int]] = {}
        for position, item in enumerate(unit.lines):
            if item.kind != "module":
                leads[position] = (at, item.first)
                at = max(at, item.last + 1)
        pending = 0
        for element in order:
            ours, position = element
            if ours:
                for other in range(pending, position + 1):
                    self._lead(leads.get(other), element, position == other)
                pending = max(pending, position + 1)
            self._write(element, order)
        for other in range(pending, len(unit.lines)):
            self._lead(leads.get(other), None, False)
        self._out.extend(self._script.physical[at - 1 : unit.last])
        return self._out

    def _lead(self, span: tuple[int, int] | None, element: Element | None, own: bool) -> None:
        """Comments and empty lines before a line."""
        if span is not None and span[0] < span[1]:
            lead = list(self._script.physical[span[0] - 1 : span[1] - 1])
            if not own:
                lead = [text for text in lead if text.strip()]
            elif element is not None:
                lead = self._moved(lead, element)
            self._out.extend(lead)

    def _moved(self, lines: list[str], element: Element) -> list[str]:
        old, new = self._original_indent(element[1]), self._indent(element)
        if old == new:
            return lines
        return [new + text[len(old) :] if text.strip() and text.startswith(old) else text for text in lines]

    def _write(self, element: Element, order: Sequence[Element]) -> None:
        ours, position = element
        script = self._script
        if not ours:
            item = script.donor.lines[position]
            text = script.texts[position]
            if item.kind == "block":
                self._out.extend(["", "", *text.splitlines()])
            else:
                indent = self._indent(element)
                self._out.extend(indent + row if n == 0 else row for n, row in enumerate(text.split("\n")))
            return
        item = script.student.lines[position]
        if item.kind == "module" or position in self._written:
            return
        group = script.shares(position)
        together = len(group) == 1 or self._intact(group, order)
        if together and position not in self._texts:
            rows = list(script.physical[item.first - 1 : max(script.student.lines[p].last for p in group)])
            self._out.extend(self._moved_statement(rows, element))
            self._written |= group
            return
        rows = (self._indent(element) + self._texts.get(position, script.own_text(position))).split("\n")
        rest = rows[1:]
        comment = _trailing_comment(script.physical[item.last - 1]) if len(group) == 1 else ""
        self._out.extend([rows[0], *rest[:-1], *([rest[-1]] if rest else [])])
        if comment:
            self._out[-1] += comment

    def _intact(self, group: frozenset[int], order: Sequence[Element]) -> bool:
        """Whether lines that share a line of the file still stand as they stood."""
        members = [(True, position) for position in sorted(group)]
        if any(position in self._texts for position in group) or members[0] not in order:
            return False
        start = order.index(members[0])
        if order[start : start + len(members)] != members:
            return False
        lines = self._script.student.lines
        outside = self._parents.get(members[0])
        for member in members[1:]:
            above = lines[member[1]].parent
            if self._parents[member] != ((True, above) if above in group else outside):
                return False
        inline = [member for member in members if self._inline(member[1])]
        return all(child in members for member in inline for child in self._children[member])

    def _inline(self, position: int) -> bool:
        """Whether a header's block stands on the header's own line."""
        lines = self._script.student.lines
        return any(lines[q].parent == position for q in self._script.shares(position))

    def _moved_statement(self, rows: list[str], element: Element) -> list[str]:
        old, new = self._original_indent(element[1]), self._indent(element)
        if old == new:
            return rows
        text = "\n".join(rows)
        fixed = "'''" in text or '"""' in text
        moved = [new + rows[0][len(old) :]]
        moved += [row if fixed or not row.startswith(old) else new + row[len(old) :] for row in rows[1:]]
        return moved

    def _original_indent(self, position: int) -> str:
        text = self._script.physical[self._script.student.lines[position].first - 1]
        return text[: len(text) - len(text.lstrip())]

    def _indent(self, element: Element) -> str:
        known = self._indents.get(element)
        if known is None:
            known = self._indents[element] = self._found_indent(element)
        return known

    def _found_indent(self, element: Element) -> str:
        lines = self._script.student.lines
        parent = self._parents.get(element)
        if parent is None:
            return "" if lines[0].kind == "module" else self._original_indent(0)
        if self._kind(parent) == "module":
            return ""
        base = self._indent(parent)
        if element[0] and parent == (True, lines[element[1]].parent):
            return base + self._step_below(parent[1], element[1])
        if parent[0]:
            for ours, position in self._children[parent]:
                if ours and lines[position].parent == parent[1]:
                    return base + self._step_below(parent[1], position)
        return base + self._script.step

    def _kind(self, element: Element) -> str:
        return (self._script.student if element[0] else self._script.donor).lines[element[1]].kind

    def _step_below(self, parent: int, child: int) -> str:
        """How much deeper a student's line stands than its header."""
        outer, inner = self._original_indent(parent), self._original_indent(child)
        if self._script.student.lines[parent].first == self._script.student.lines[child].first:
            return self._script.step
        return inner[len(outer) :] if inner.startswith(outer) and len(inner) > len(outer) else self._script.step


def _trailing_comment(text: str) -> str:
    tokens = split(text)
    if len(tokens) > 1 and tokens[-1].startswith("#"):
        return "".join(tokens[-2:]) if tokens[-2].isspace() else f"  {tokens[-1]}"
    return ""
