"""The quick look for leaks: it may be wrong in one direction only."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Diagnosis, Execution, Submission, Task, TestCase
from gradatim.evals.scorers.trust.sight import Sight
from gradatim.tools.claims import Case
from gradatim.tools.claims.leaks import find_leak

_PROGRAM = "def f(items):\n    total = 0\n    for x in items:\n        total = x\n    return total\n"
_SOLUTIONS: tuple[str, ...] = (
    "def f(items):\n    if not items:\n        return None\n    return max(items)\n",
    "def f(items):\n    return sum((x * 2) for x in items if not (x in (1, 2)))\n",
    "def f(items):\n    total = 0\n    for x in items:\n        total += x\n    return total\n",
    "def f(items):\n    return [f'{x}!' for x in items][::-1] or ['a' 'b']\n",
    "def f(items):\n    d = {'a': 1}\n    d['b'] = not d\n    return -d['a'] ** 2 if items else d.get('c', 1_000)\n",
)
_SOLUTIONS += (
    "def f(items):\n    return max(\n        (x * 2 for x in items),\n        default=len(items) + 1,\n    )\n",
)
_WORDS = (
    "Use",
    "write",
    "Look at",
    "the value is",
    "change it to",
    "Which one?",
    "line 3:",
    "; then",
    "3 of 9",
    "(see",
)


@st.composite
def _sentences(draw: st.DrawFn) -> tuple[str, str]:
    """A solution, and a sentence of words and pieces of it, quoted or not."""
    solution = draw(st.sampled_from(_SOLUTIONS))
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(solution) - 1))
        piece = solution[start : start + draw(st.integers(1, 40))].strip().replace("\n", " ")
        form = draw(st.sampled_from(("word", "bare", "quoted", "line")))
        line = draw(st.sampled_from(solution.splitlines())).strip()
        parts.append(
            {"word": draw(st.sampled_from(_WORDS)), "bare": piece, "quoted": f"`{piece}`", "line": f"`{line}`"}[form]
        )
    return solution, " ".join(parts)


@settings(max_examples=150, deadline=None)
@given(_sentences())
def test_what_the_rules_find_is_never_passed_over(given_: tuple[str, str]) -> None:
    solution, text = given_
    task = Task(
        id="f", title="f", statement="Write f.", tests=(TestCase(call="f([1])", expect="1"),), reference=solution
    )
    case = Case(
        task=task,
        submission=Submission.of("f", _PROGRAM),
        execution=Execution.model_construct(outcomes=()),
        diagnosis=Diagnosis.model_construct(repairs=()),
    )
    sight = Sight.of(_PROGRAM, (_PROGRAM, task.statement, "", "f([1])"), (solution,))
    if find_leak(text, case) is not None:
        assert sight.may_leak(text), text


def test_everyday_sentences_are_settled_at_once() -> None:
    sight = Sight.of(_PROGRAM, (_PROGRAM, "Write f."), (_SOLUTIONS[2],))
    for text in ("The evidence points to line 4: `total = x`.", "2 of 6 tests fail.", "Which values does it see?"):
        assert not sight.may_leak(text), text
    assert Sight.of(_PROGRAM, (_PROGRAM,), (_SOLUTIONS[1],)).may_leak("Use x * 2 there.")
