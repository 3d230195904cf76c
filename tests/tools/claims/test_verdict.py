"""One verdict on a sentence: true ones are supported, false ones refuted, changed ones never supported."""

from __future__ import annotations

import pytest

from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker, judge_sentence, judge_text
from gradatim.tools.sandbox import open_sandbox
from tests.tools.claims.repaired import REPAIRED

TRUE = (
    ("sum_to", "The problem is in line 3."),
    ("sum_to", "Change `range(n)` to `range(n + 1)` in line 3."),
    ("sum_to", "The loop should run from 0 to `n + 1`."),
    ("sum_to", "`sum_to(3)` returns 3 instead of 6."),
    ("fib", "To fix this, return `a` instead of `b`."),
    ("fib", "The error is in line 7."),
    ("mean", "The program does not handle empty lists."),
    ("mean", "To fix this, add a check if `numbers` is empty and return `0.0`."),
    ("mean", "The program raises a ZeroDivisionError in line 5."),
    ("largest", "The function fails because it does not handle negative numbers."),
    ("largest", "To fix this, `best` should be initialized to `numbers[0]`."),
    ("last", "It should be `return items[-1]`."),
    ("steps", "The program has an infinite loop."),
    ("fact", "The program fails because the base case is missing."),
    ("vowels", "The variable `counter` is not defined."),
    ("double", "There is a syntax error."),
    ("initials", "Use `+=` instead of `=` in line 4."),
)
FALSE = (
    ("sum_to", "The problem is in line 5."),
    ("sum_to", "The issue is that `total` is not initialized."),
    ("sum_to", "The line `for i in range(n):` should be `for i in range(n):`."),
    ("sum_to", "Change `range(n)` to `range(n - 1)` in line 3."),
    ("sum_to", "The program fails because the indentation is wrong."),
    ("sum_to", "The program has an infinite loop."),
    ("sum_to", "The program is correct."),
    ("fib", "The problem is that the base case is missing."),
    ("fib", "The error is in the loop range."),
    ("fib", "To fix this, change `a, b = 0, 1` to `a, b = 1, 1`."),
    ("mean", "The program fails because it does not handle negative numbers."),
    ("mean", "The program uses a while loop."),
    ("largest", "The program fails because it does not handle empty lists."),
    ("largest", "To fix this, `best` should be initialized to `1`."),
    ("last", "It should be `return items[0]`."),
    ("vowels", "The variable `count` is not defined because it has a NameError in line 2."),
    ("vowels", "The variable `count` is not defined."),
    ("vowels", "The name `letter` is not defined."),
    ("vowels", 'The string `"aeiou"` is not defined.'),
    ("initials", "The problem is that a list is immutable."),
    ("fact", "The problem is that the colon is missing."),
)
OPEN = (
    ("sum_to", "The loop is a little hard to read for others."),
    ("largest", "You might want to think about other names."),
)
CHANGED = (
    ("sum_to", "The problem is in line {}.", (1, 2, 4, 5, 6)),
    ("sum_to", "Change `range(n)` to `range(n + {})` in line 3.", (0, 2, 3)),
    ("sum_to", "`sum_to(3)` returns {} instead of 6.", (2, 4, 6)),
    ("sum_to", "`sum_to(3)` returns 3 instead of {}.", (3, 5, 7)),
    ("fib", "To fix this, return `{}` instead of `b`.", ("b", "n", "a + b")),
    ("fib", "The error is in line {}.", (1, 2, 4, 5, 6)),
    ("mean", "The program {} empty lists.", ("handles", "works correctly for", "correctly handles")),
    ("mean", "The program raises a {} in line 5.", ("TypeError", "ValueError", "NameError")),
    ("mean", "The program raises a ZeroDivisionError in line {}.", (1, 2, 3, 4)),
    ("mean", "To fix this, add a check if `numbers` is empty and return `{}`.", ("None", "1.0", "-1")),
    ("largest", "To fix this, `best` should be initialized to `{}`.", (1, 2, -1)),
    ("last", "It should be `return items[{}]`.", (0, -2)),
    ("steps", "The program {} an infinite loop.", ("does not have", "never has", "has not")),
    ("fact", "The program fails because the base case is {}.", ("not missing", "there")),
    ("initials", "Use `{}` instead of `=` in line 4.", ("-=", "==", "*=")),
)


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore(packaged_curriculum())


async def verdicts(rows: list[tuple[str, str]], store: EmbeddedStore) -> list[str]:
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        found = [await judge_sentence(text, "error_identification", REPAIRED[name], checker) for name, text in rows]
    return [f"{item.verdict}: {name}: {text} [{item.reason}]" for item, (name, text) in zip(found, rows, strict=True)]


async def test_true_sentences_are_supported(store: EmbeddedStore) -> None:
    assert [item for item in await verdicts(list(TRUE), store) if not item.startswith("supported")] == []


async def test_false_sentences_are_refuted(store: EmbeddedStore) -> None:
    assert [item for item in await verdicts(list(FALSE), store) if not item.startswith("refuted")] == []


async def test_what_cannot_be_decided_stays_open(store: EmbeddedStore) -> None:
    assert [item for item in await verdicts(list(OPEN), store) if item.startswith(("supported", "refuted"))] == []


async def test_changed_sentences_are_never_supported(store: EmbeddedStore) -> None:
    rows = [(name, text.format(value)) for name, text, values in CHANGED for value in values]
    assert [item for item in await verdicts(rows, store) if item.startswith("supported")] == []


async def test_denied_sentences_are_never_supported(store: EmbeddedStore) -> None:
    rows = [(name, f"It is not true that {text[0].lower()}{text[1:]}") for name, text in TRUE]
    assert [item for item in await verdicts(rows, store) if item.startswith("supported")] == []


async def test_a_whole_program_is_tried(store: EmbeddedStore) -> None:
    right = "The correct code is:\n```python\ndef last(items):\n    return items[-1]\n```"
    wrong = right.replace("-1", "0")
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        good = await judge_sentence(right, "corrective_suggestion", REPAIRED["last"], checker)
        bad = await judge_sentence(wrong, "corrective_suggestion", REPAIRED["last"], checker)
    assert good.verdict == "supported"
    assert bad.verdict == "refuted"


async def test_what_goes_on_from_a_false_diagnosis_is_false_with_it(store: EmbeddedStore) -> None:
    text = "The problem is in line 5. This means that the result is never used again."
    alone = "This means that the result is never used again."
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        found = await judge_text(text, "error_identification", REPAIRED["sum_to"], checker)
        single = await judge_sentence(alone, "error_identification", REPAIRED["sum_to"], checker)
        right = await judge_text(text.replace("5", "3"), "error_identification", REPAIRED["sum_to"], checker)
    assert [item.verdict for _, item in found] == ["refuted", "refuted"]
    assert single.verdict == "unchecked"
    assert [item.verdict for _, item in right] == ["supported", "unchecked"]
