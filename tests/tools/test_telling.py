"""What is observed is told in the language spoken, and whole: no half of it stays in English."""

from __future__ import annotations

import pytest

from gradatim.languages import rendered, speaking
from gradatim.tools.telling import told_change, told_check, told_measure, told_outcome, told_why

TRACED = "runs in 4 of 4 failing and 2 of 2 passing tests traced"
ZH_TRACED = "在跟踪过的测试中，未通过的 4 个里有 4 个、通过的 2 个里有 2 个会运行到它"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (f"R{TRACED[1:]}; a change here makes every test pass.", f"{ZH_TRACED}；在这里改动能让所有测试通过。"),
        (f"R{TRACED[1:]}; the function f can end here without a return.",
         f"{ZH_TRACED}；函数 f 可能在这里结束而没有 return。"),
        ("A change here makes every test pass; shows a sign of range-stop-included.",
         "在这里改动能让所有测试通过；有误解“range 包含终点”的迹象。"),
        ("Nobody ever said this; a change here makes every test pass.",
         "nobody ever said this；在这里改动能让所有测试通过。"),
    ],
)  # fmt: skip
def test_reasons_of_a_suspicion_are_told_one_by_one(why: str, said: str) -> None:
    assert told_why(why) == why
    with speaking("zh"):
        assert told_why(why) == said


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("expected 1, got 0", "应为 1，实际得到 0"),
        ("expected [1, 2], got (1, 2), which is of type tuple, not list",
         "应为 [1, 2]，实际得到 (1, 2)，它的类型是 tuple，而不是 list"),
        ("expected KeyError, but it raised ValueError at line 3: no; x",
         "应该抛出 KeyError，但它在第 3 行抛出 ValueError：no; x"),
        ("the program itself raised NameError at line 1: name 'x' is not defined",
         "程序本身在第 1 行抛出 NameError：name 'x' is not defined"),
        ("no answer within 0.5 s (endless loop at line 4?)", "0.5 秒内没有结果（第 4 行是不是死循环？）"),
        ("line 2 of the output is 'a' instead of 'b'", "输出的第 2 行是 'a'，而不是 'b'"),
        ("on turn 2, total should equal 3 but is 4", "第 2 轮：total 应该等于 3，实际是 4"),
        ("what nobody knows", "what nobody knows"),
    ],
)  # fmt: skip
def test_outcomes(detail: str, said: str) -> None:
    assert told_outcome(detail) == detail
    with speaking("zh"):
        assert told_outcome(detail) == said


def test_a_fragment_holds_no_sentence() -> None:
    with speaking("zh"):
        assert rendered("One statement more in the function total makes every test pass.") == (
            "在函数 total 里多写一条语句，就能让所有测试通过。"
        )
        assert rendered("A change of the answers in lines 2 and 4 makes every test pass.") == (
            "改变第 2 行和第 4 行的答案，就能让所有测试通过。"
        )
        assert rendered("Test t2 `Cart.test_total`: raised KeyError at line 6: 'pen'.") == (
            "测试 t2 `Cart.test_total`：在第 6 行抛出 KeyError：'pen'。"
        )


def test_changes_checks_and_measures() -> None:
    with speaking("zh"):
        assert told_change(
            "without line 5 `x = 0`; after line 6 a new line `x = 0`; in line 7 `<` instead of `<=`"
        ) == ("去掉第 5 行 `x = 0`；第 6 行之后加一行 `x = 0`；第 7 行用 `<` 代替 `<=`")
        assert told_change("in line 5 `a; b` instead of `c`") == "第 5 行用 `a; b` 代替 `c`"
        assert told_check("line 2 is `x = 1`") == "第 2 行是 `x = 1`"
        assert told_check("with this change test t2 still fails: expected 1, got 0") == (
            "做了这处改动，测试 t2 仍然没有通过：应为 1，实际得到 0"
        )
        assert told_measure(
            "1 of 6 lines of code have a finding (line 5: local variable 'x' is assigned to but never used)"
        ) == ("6 行代码中有 1 行有问题（第 5 行：给局部变量 x 赋了值，却从没用过）")
        assert told_measure("it uses 0 of 1 constructs of the task (not: for-loop)") == (
            "使用了题目的 1 种结构中的 0 种（没有用：for 循环）"
        )
