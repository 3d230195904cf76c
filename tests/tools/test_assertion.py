"""Assertions are taken apart so that nothing that is expected reaches the tested process."""

from __future__ import annotations

import pytest

from gradatim.tools.assertion import Apply, Boolean, Clean, Comparison, Every, IsInstance, Literal, Live, parse_check


def sources(text: str, entry_point: str | None = "f") -> list[tuple[str, str]]:
    return [(step.kind, step.source) for step in parse_check(text, entry_point).steps]


def test_a_literal_stays_on_the_host_on_either_side() -> None:
    assert sources("assert f(3) == [1, (2,), -4.5, 'x']") == [("eval", "f(3)")]
    assert sources("assert {1: None} != f(3)") == [("eval", "f(3)")]
    node = parse_check("assert f(3) == -5").assertions[0].node
    assert isinstance(node, Comparison)
    assert node.operands == (Live(0, "f(3)"), Literal(-5, "-5"))


def test_statements_run_in_order_between_asserts() -> None:
    check = parse_check("s = f()\ns.push(1)\nassert s.pop() == 1\ns.push(2)\nassert s.size() == 1")
    assert [step.kind for step in check.steps] == ["exec", "eval", "exec", "eval"]
    assert [assertion.after for assertion in check.assertions] == [1, 3]


def test_what_names_builtins_alone_is_evaluated_apart() -> None:
    check = parse_check("assert f(3) == [0] * 3 + sorted({2, 1})", "f")
    assert check.clean == ("[0] * 3 + sorted({2, 1})",)
    assert [step.source for step in check.steps] == ["f(3)"]


def test_a_builtin_name_that_belongs_to_the_program_does_not() -> None:
    assert parse_check("assert max([1, 2]) == 2", "max").clean == ()
    assert parse_check("sum = f\nassert sum(2) == 2", "f").clean == ()


def test_each_operand_of_and_or_not_is_its_own() -> None:
    check = parse_check("assert f(1) and not f(2) or g(3) > 4", "f")
    assert [step.source for step in check.steps] == ["f(1)", "f(2)", "g(3)"]
    assert isinstance(check.assertions[0].node, Boolean)


def test_two_live_sides_are_compared_by_the_program_too() -> None:
    assert sources("assert f(1) == g(2)") == [("eval", "f(1)"), ("eval", "g(2)"), ("compare", "==")]


def test_tolerances_are_computed_on_the_host() -> None:
    for text in (
        "assert abs(f(2) - 1.414) < 1e-3",
        "assert (f(2) - 1.414) ** 2 < 1e-3",
        "assert round(f(2) - 1.414, 2) == 0",
        "import math\nassert math.isclose(f(2), 1.414, rel_tol=1e-3)",
    ):
        check = parse_check(text, "f")
        assert [step.source for step in check.steps if step.kind == "eval"] == ["f(2)"]
        assert not any("1.4" in step.source for step in check.steps)
        node = check.assertions[0].node
        assert isinstance(node.operands[0] if isinstance(node, Comparison) else node, Apply)


def test_quantifiers_become_lists() -> None:
    check = parse_check("assert all(f(i) == i * i for i in range(5))", "f")
    assert [step.source for step in check.steps] == ["[f(i) for i in range(5)]"]
    assert check.clean == ("[i * i for i in range(5)]",)
    assert isinstance(check.assertions[0].node, Every)
    assert sources("assert any(f(3))") == [("eval", "list(f(3))")]


def test_types_are_judged_on_the_host() -> None:
    node = parse_check("assert isinstance(f(1), (int, float))", "f").assertions[0].node
    assert isinstance(node, IsInstance)
    assert node.types == (int, float)
    assert sources("assert type(f(1)) is list") == [("eval", "f(1)")]
    assert sources("assert isinstance(f(1), Stack)") == [("eval", "isinstance(f(1), Stack)")]


def test_a_clean_operand_alone() -> None:
    node = parse_check("assert f(1) == float('inf')", "f").assertions[0].node
    assert isinstance(node, Comparison)
    assert node.operands[1] == Clean(0, "float('inf')")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("assert f(1) ==", "not Python"),
        ("x = f(1)", "asserts nothing"),
        ("for i in range(3):\n    assert f(i) == i", "line 2 stands inside another statement"),
        ("try:\n    f()\n    assert False\nexcept ValueError:\n    pass", "stands inside"),
        ("assert f(1) if g() else f(2)", "write two tests"),
        ("assert math.isclose(*f(2))", "one by one"),
        ("assert all(any(f(i, j) for j in x) for i in y)", "write the cases out"),
        ("return 1\nassert f(1)", "not Python"),
        ("assert " + "(" * 300 + "1" + ")" * 300, "not Python|too deeply"),
        ("assert f(1)\0", "not Python"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_check(text, "f")
