"""Items whose texts hold whatever the formats take for something else."""

from __future__ import annotations

from gradatim.domain import Task, TestCase
from gradatim.tools.items import Block, Difficulty, Item, Option, WrongProgram

SECRET = "hidden_secret_call(987)"
REFERENCE = "def f(n):\n    return list(range(1, n))  # the reference\n"
TRAP = "def f(n):\n    return list(range(n))  # the trap\n"
TASK = Task(
    id="first-numbers",
    title="First numbers",
    statement="Write f(n).",
    entry_point="f",
    tests=(
        TestCase(id="t1", call="f(3)", expect="[1, 2]"),
        TestCase(id="t2", call="f(-1)", raises="ValueError"),
        TestCase(id="t3", call=SECRET, expect="{1, 2}", hidden=True),
    ),
    reference=REFERENCE,
)
EASY = Difficulty(value=-0.7, error=0.25, discrimination=1.2)
NASTY = "a {b} = ~c # d: e \\n \\ f % g -> h <i> & 'j' \"k\" ]]> // l :: m $n *o* `p` é 数"


def item(kind: str, item_id: str, **more: object) -> Item:
    """An item of this kind with nothing in it that matters."""
    base = {
        "id": item_id,
        "kind": kind,
        "title": f"Item {item_id}",
        "prompt": "What happens?",
        "concepts": ("range", "for-loop"),
        "task": TASK,
        "answer": "x",
        "difficulty": EASY,
        "template": "hand",
        "status": "approved",
    }
    return Item.model_validate({**base, **more})


CHOICE = item(
    "choice",
    "choice-1",
    title=NASTY,
    prompt=f"Read this:\n\n{NASTY}\n\n- one\n- two `x = {{1: 2}}`\n\n```python\nprint('~')\n\nprint('=')\n```",
    program="for i in range(3):\n\n    print(i, end='# = ~ {}')\n",
    answer="0 1 2",
    options=(
        Option(text="0 1 2", right=True, feedback="Right: `range(3)` stops before 3."),
        Option(text=NASTY, misconception="range-includes-stop", feedback=f"No. {NASTY}"),
        Option(text="%50%0\n1\n2"),
    ),
)
PARSONS = item(
    "parsons",
    "parsons-1",
    answer="def f(n):\n    x = 1\n    x += 1\n    x += 1\n    return x\n",
    blocks=(
        Block(text="def f(n) -> int:"),
        Block(text="x = 1", indent=1),
        Block(text="x += 1", indent=1),
        Block(text="x += 1", indent=1),
        Block(text="for i in y:\n    pass", indent=1),
        Block(text="return x", indent=1),
        Block(text="return i", indent=1, misconception="return-inside-loop"),
    ),
)
PREDICT = item("predict", "predict-1", program="print('a * b = {c}')\n", answer="a * b = {c}\n")
ARROW = item("predict", "predict-2", answer="1 -> 2")
LINES = item("predict", "predict-3", answer="1\n  2\n3\n")
WRITE = item(
    "write",
    "write-1",
    answer=REFERENCE,
    wrong=(WrongProgram(code=TRAP, misconception="range-starts-at-one", failing=("t1",)),),
)
FIX = item("fix", "fix/1 ü", program="def f(n):\n    return n <> 1 & 2\n", answer=REFERENCE)
EVERY = (CHOICE, PARSONS, PREDICT, ARROW, LINES, WRITE, FIX)
