"""Judging assertions on the host: operators applied to values that came out of the sandbox."""

from __future__ import annotations

import decimal
import fractions
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.tools.assertion import (
    Apply,
    Assertion,
    Boolean,
    Clean,
    Comparison,
    Every,
    IsInstance,
    Literal,
    Live,
    Node,
    ParsedCheck,
    TypeOf,
)
from gradatim.tools.sandbox.job import Raised, StepValue
from gradatim.tools.sandbox.values import Opaque, Value, comparable, equal, is_opaque, literal

_SHORT = 200
_NUMBER = (int, float, complex, decimal.Decimal, fractions.Fraction)
_WORDS = {
    "==": "should equal", "!=": "should not equal", "<": "should be less than", "<=": "should be at most",
    ">": "should be greater than", ">=": "should be at least", "is": "should be", "is not": "should not be",
    "in": "should be in", "not in": "should not be in",
}  # fmt: skip
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda a, b: _is_in(a, b), "not in": lambda a, b: not _is_in(a, b),
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
}  # fmt: skip
_LARGEST_EXPONENT = 1_000
_LARGEST_BASE = 10_000
"""Bits of the base of a power."""
_FRACTION_BASE = 500
"""The same of a fraction: each product is brought to its lowest terms."""
_LARGEST_RANGE = 1_000_000
"""Numbers of a range that are looked through for something that is no int."""
_DIGITS = 10_000
"""Decimal digits to which, or in which, a number is rounded."""


class LiveRaised(Exception):
    """The tested program raised an exception where a value was needed."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.type)
        self.raised = raised


class NotReached(Exception):
    """The tested process did not come as far as this value."""


class Unjudgeable(Exception):
    """The values do not allow the operation; says so in a sentence's second half."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an assertion holds, and if not, why.

    Attributes:
        detail: One sentence for a person; empty when it holds.
        expected: What was needed, as Python, where there is one thing.
        actual: What came.
    """

    holds: bool
    detail: str = ""
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the assertions of one check on the values of one run.

    Args:
        check: The check taken apart.
        values: Results of the probe's steps, as far as it came.
        clean: Values of the check's clean expressions.
        row: Within `all` or `any`: which turn.
    """

    check: ParsedCheck
    values: Sequence[StepValue | None]
    clean: Sequence[StepValue]
    row: int | None = None

    def judge(self, assertion: Assertion) -> Verdict:
        """One assertion.

        Raises:
            LiveRaised: A value that it needs is an exception.
            NotReached: A value that it needs never came about.
        """
        if assertion.after > len(self.values):
            raise NotReached
        try:
            if self._truth(assertion.node):
                return Verdict(True)
        except Unjudgeable as reason:
            return Verdict(False, f"{_cut(assertion.text)}: {reason}")
        return self._explain(assertion.node)

    # ------------------------------------------------------------------ values

    def _step(self, index: int) -> StepValue:
        step = self.values[index] if index < len(self.values) else None
        if step is None:
            raise NotReached
        if step.raised is not None:
            raise LiveRaised(step.raised)
        return step

    def _value(self, node: Node) -> Value:
        match node:
            case Literal():
                return node.value
            case Live():
                return self._turn(self._step(node.step).value)
            case Clean():
                step = self.clean[node.index]
                if step.raised is not None:
                    raise Unjudgeable(f"the test itself is wrong: {_cut(node.text)} raises {step.raised.type}")
                return self._turn(step.value)
            case TypeOf():
                value = self._value(node.operand)
                return Opaque(value.type, value.type) if isinstance(value, Opaque) else cast(Any, type(value))
            case Apply():
                return self._applied(node)
            case _:
                return self._truth(node)

    def _turn(self, value: Value) -> Value:
        if self.row is None:
            return value
        if not isinstance(value, list):
            raise Unjudgeable("too many values to be judged")
        if self.row >= len(value):  # pyright: ignore[reportUnknownArgumentType]
            raise Unjudgeable("its parts have different lengths")
        return value[self.row]  # pyright: ignore[reportUnknownVariableType]

    def _applied(self, node: Apply) -> Value:
        operands = [self._value(operand) for operand in node.operands]
        keywords = {name: self._value(operand) for name, operand in node.keywords}
        for value in (*operands, *keywords.values()):
            if not isinstance(value, _NUMBER):
                raise Unjudgeable(f"{_cut(node.text)} needs numbers, not {_shown(value)}")
        try:
            return _apply(node.function, operands, keywords)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise Unjudgeable(f"{_cut(node.text)} cannot be computed: {error}") from error

    # ------------------------------------------------------------------ truth

    def _truth(self, node: Node) -> bool:
        match node:
            case Boolean(operator="not"):
                return not self._truth(node.operands[0])
            case Boolean(operator="and"):
                return all(self._truth(operand) for operand in node.operands)
            case Boolean():
                return any(self._truth(operand) for operand in node.operands)
            case Comparison():
                pairs = zip(node.operands, node.operators, node.operands[1:], node.steps, strict=False)
                return all(self._compare(*pair) for pair in pairs)
            case IsInstance():
                value = self._value(node.operand)
                if isinstance(value, Opaque):
                    return any(kind.__name__ in value.bases for kind in node.types)
                return isinstance(value, node.types)
            case Every():
                return self._every(node)
            case Live() if self.row is None:
                step = self._step(node.step)
                return bool(step.value) if step.truth is None else step.truth
            case _:
                return bool(self._value(node))

    def _every(self, node: Every) -> bool:
        results = (self._at(row)._truth(node.inner) for row in range(self._turns(node.inner)))
        return all(results) if node.quantifier == "all" else any(results)

    def _at(self, row: int) -> Judge:
        return Judge(self.check, self.values, self.clean, row)

    def _turns(self, node: Node) -> int:
        """How many turns a generator took: all its parts agree, or the assertion cannot be judged."""
        sizes: set[int] = set()
        for leaf in _leaves(node):
            value = self._step(leaf.step).value if isinstance(leaf, Live) else self.clean[leaf.index].value
            if not isinstance(value, list):
                raise Unjudgeable("too many values to be judged")
            sizes.add(len(value))  # pyright: ignore[reportUnknownArgumentType]
        if len(sizes) > 1:
            raise Unjudgeable("its parts have different lengths")
        return sizes.pop() if sizes else 0

    def _compare(self, left: Node, operation: str, right: Node, step: int | None) -> bool:
        a, b = self._value(left), self._value(right)
        if step is not None and (operation in ("is", "is not") or (is_opaque(a) and is_opaque(b))):
            # Two things of the program's own: only the program can tell how they compare.
            return bool(self._step(step).truth)
        if operation in ("is", "is not"):
            same = a is b if isinstance(a, type) or isinstance(b, type) else type(a) is type(b) and equal(a, b)
            return same is (operation == "is")
        try:
            if not comparable(a, b):
                raise OverflowError("the numbers are too large")
            return bool(_OPERATORS[operation](a, b))
        except (TypeError, ArithmeticError) as error:
            raise Unjudgeable(f"{_shown(a)} {operation} {_shown(b)} cannot be decided: {error}") from error

    # ------------------------------------------------------------------ words

    def _explain(self, node: Node) -> Verdict:
        """Why it does not hold, once that is known."""
        match node:
            case Boolean(operator="and"):
                return self._explain(next(operand for operand in node.operands if not self._truth(operand)))
            case Boolean(operator="not", operands=(Live() | Clean() | Every() | IsInstance() as operand,)):
                return Verdict(False, f"{_cut(operand.text)} should be false but is true", None, "True")
            case Comparison(operators=(operation,)):
                return self._explain_comparison(node, operation)
            case IsInstance():
                value = self._value(node.operand)
                names = " or ".join(kind.__name__ for kind in node.types)
                name = value.type if isinstance(value, Opaque) else type(value).__name__
                detail = f"{_cut(node.operand.text)} should be of type {names} but is {_shown(value)}, of type {name}"
                return Verdict(False, detail, names, literal(value))
            case Every(quantifier="all"):
                for row in range(self._turns(node.inner)):
                    turn = self._at(row)
                    if not turn._truth(node.inner):
                        verdict = turn._explain(node.inner)
                        return Verdict(False, f"on turn {row + 1}, {verdict.detail}", verdict.expected, verdict.actual)
                return Verdict(False, f"{_cut(node.text)} does not hold")
            case Live() | Clean():
                value = self._value(node)
                return Verdict(
                    False, f"{_cut(node.text)} should be true but is {_shown(value)}", "True", literal(value)
                )
            case _:
                return Verdict(False, f"{_cut(node.text)} does not hold{self._found(node)}")

    def _found(self, node: Node) -> str:
        """What the values in it are, for an assertion too involved to be put in words."""
        leaves = {leaf.text: leaf for leaf in _leaves(node)} if self.row is None else {}
        if not leaves or isinstance(node, Every):
            return ""
        parts = [f"{_cut(text)} is {_shown(self._value(leaf))}" for text, leaf in list(leaves.items())[:4]]
        return ": " + ", ".join(parts)

    def _explain_comparison(self, node: Comparison, operation: str) -> Verdict:
        left, right = node.operands
        if isinstance(left, Literal) and operation in ("==", "!="):
            left, right = right, left
        actual, wanted = self._value(left), self._value(right)
        subject, words = _cut(left.text), _WORDS[operation]
        target = _shown(wanted) if isinstance(right, Literal) else f"{_cut(right.text)}, which is {_shown(wanted)},"
        if isinstance(left, Literal):
            detail = f"{_shown(actual)} {words} {target.rstrip(',')}"
        else:
            detail = f"{subject} {words} {target} but is {_shown(actual)}"
        return Verdict(False, detail, literal(wanted) if operation == "==" else None, literal(actual))


def _leaves(node: Node) -> list[Live | Clean]:
    match node:
        case Live() | Clean():
            return [node]
        case TypeOf() | IsInstance():
            return _leaves(node.operand)
        case Every():
            return _leaves(node.inner)
        case Apply():
            return [leaf for part in (*node.operands, *(p for _, p in node.keywords)) for leaf in _leaves(part)]
        case Comparison() | Boolean():
            return [leaf for part in node.operands for leaf in _leaves(part)]
        case _:
            return []


def _apply(function: str, operands: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Apply one of the functions that assertions may use to numbers."""
    match function:
        case "abs":
            return abs(*operands, **keywords)
        case "round":
            _refuse_long_rounding(operands[0], [*operands[1:], *keywords.values()])
            return round(*operands, **keywords)
        case "isclose":
            return math.isclose(*operands, **keywords)
        case "**":
            base, exponent = operands
            bits = max(base.numerator.bit_length(), base.denominator.bit_length()) if _is_rational(base) else 0
            if abs(exponent) > _LARGEST_EXPONENT or bits > (_LARGEST_BASE if isinstance(base, int) else _FRACTION_BASE):
                raise ValueError("the numbers are too large")
            return base**exponent
        case _:
            return _OPERATORS[function](*operands)


def _is_rational(value: Any) -> bool:
    return isinstance(value, int | fractions.Fraction)


def _is_in(item: Any, container: Any) -> bool:
    """Python's `in`, without walking through an endless range for something that only equality can find."""
    if isinstance(container, range) and not isinstance(item, int) and len(container) > _LARGEST_RANGE:
        raise OverflowError("the range is too long to be looked through")
    return item in container


def _refuse_long_rounding(number: Any, digits: Sequence[Any]) -> None:
    """Refuse what `round` would compute for ever: powers of ten with more than `_DIGITS` digits."""
    if any(isinstance(count, int) and abs(count) > _DIGITS for count in digits):
        raise ValueError("too many digits")
    if isinstance(number, decimal.Decimal) and number.is_finite() and abs(number.adjusted()) > _DIGITS:
        raise ValueError("the number is too large")


def _shown(value: Value) -> str:
    return value.__name__ if isinstance(value, type) else literal(value, _SHORT)


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
