"""Texts as a whole, and sentences that the program's structure, its runs and its tests decide."""

from __future__ import annotations

import pytest

from gradatim.domain import (
    ComplexityClaim,
    ConceptDefinitionClaim,
    ConceptRelationClaim,
    HistoryClaim,
    VariableValueClaim,
)
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker, claims_of, judge_sentence, judge_text
from gradatim.tools.claims.verdict import judge_sentences
from gradatim.tools.sandbox import open_sandbox
from tests.tools.claims.material import Run, build
from tests.tools.claims.repaired import REPAIRED

STRUCTURE = (
    ("sum_to", "The return statement is inside the loop.", "refuted"),
    ("sum_to", "To fix this, move the return statement outside the loop.", "refuted"),
    ("sum_to", "The program has several issues.", "refuted"),
    ("sum_to", "The problem is in the condition `if n > 3`.", "refuted"),
    ("sum_to", "The loop never runs.", "refuted"),
    ("largest", "The condition `number > best` is never true.", "refuted"),
    ("double", "The colon is missing, which is a syntax error.", "supported"),
    ("sum_to", "The `print` statement is missing a closing parenthesis.", "refuted"),
    ("mean", "This leads to a division by zero when the list is empty.", "supported"),
    ("initials", "You can use the `+=` operator to add the letter.", "supported"),
)
ROUNDS = build(
    "add_rest",
    """
    def add_rest(numbers):
        total = 0
        for i in range(1, len(numbers)):
            total += numbers[i]
        return total
    """,
    Run("add_rest([4, 5])", "9", "5"),
    Run("add_rest([1, 2, 3])", "6", "5"),
)
NEVER_SUPPORTED = (
    ("sum_to", "The return statement is outside the function."),
    ("fact", "To fix this, you need to add a `return` statement after the loop."),
    ("mean", "The program tries to divide by zero if the list `numbers` is full."),
    ("largest", "The function does not correctly handle positive numbers."),
    ("initials", "You should not use the `+=` operator to add the letter."),
)


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore(packaged_curriculum())


async def text_verdicts(name: str, parts: tuple[str, ...], store: EmbeddedStore) -> list[str]:
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        found = await judge_sentences(parts, "error_identification", REPAIRED[name], checker)
    return [item.verdict for item in found]


async def test_structure_and_runs_decide(store: EmbeddedStore) -> None:
    wrong: list[str] = []
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        for name, text, wanted in STRUCTURE:
            found = await judge_sentence(text, "error_identification", REPAIRED[name], checker)
            if found.verdict != wanted:
                wrong.append(f"{found.verdict}: {name}: {text} [{found.reason}]")
        for name, text in NEVER_SUPPORTED:
            found = await judge_sentence(text, "error_identification", REPAIRED[name], checker)
            if found.verdict == "supported":
                wrong.append(f"supported: {name}: {text} [{found.reason}]")
    assert wrong == []


async def test_items_that_a_loop_leaves_out(store: EmbeddedStore) -> None:
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        last = await judge_sentence("The loop skips the last element.", "explanation", ROUNDS, checker)
        first = await judge_sentence("The loop skips the first element.", "explanation", ROUNDS, checker)
    assert last.verdict == "refuted"
    assert any(check.verdict == "supported" and check.method == "execution" for check in first.checks)


async def test_it_points_back_to_the_sentence_before(store: EmbeddedStore) -> None:
    right = ("The problem is `range(n)`.", "It should be `range(n + 1)`.")
    assert (await text_verdicts("sum_to", right, store))[1] == "supported"
    wrong = ("The problem is `range(n)`.", "It should be `range(n + 2)`.")
    assert (await text_verdicts("sum_to", wrong, store))[1] == "refuted"


async def test_a_change_that_does_not_help_falls_back_on_its_diagnosis(store: EmbeddedStore) -> None:
    parts = ("The loop counts a number that it has no use for.", "To fix this, change `range(n)` to `range(n - 1)`.")
    assert await text_verdicts("sum_to", parts, store) == ["refuted", "refuted"]
    assert (await text_verdicts("sum_to", parts[:1], store))[0] == "unchecked"


async def test_headings_state_nothing_and_facts_do_not_fall(store: EmbeddedStore) -> None:
    parts = ("The problem is in line 5.", "Here's the corrected code:", "In Python, lists can be changed.")
    assert await text_verdicts("sum_to", parts, store) == ["refuted", "none", "unchecked"]


async def test_what_only_reads_out_a_line_does_not_fall(store: EmbeddedStore) -> None:
    parts = ("The problem is in line 5.", "Line 4 adds the number to the total.")
    assert (await text_verdicts("sum_to", parts, store))[1] != "refuted"


TWO_FAULTS = build(
    "add_all",
    """
    def add_all(numbers):
        total = 1
        for number in numbers:
            total -= number
        return total
    """,
    Run("add_all([])", "0", "1"),
    Run("add_all([1, 2])", "3", "-2"),
)


async def test_changes_of_several_sentences_are_made_together(store: EmbeddedStore) -> None:
    parts = ("To fix this, `total` should be initialized to `{}`.", "Use `+=` instead of `-=` in line 4.")
    found: list[list[str]] = []
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, store)
        for value in (0, 2):
            texts = [part.format(value) for part in parts]
            verdicts = await judge_sentences(texts, "corrective_suggestion", TWO_FAULTS, checker)
            found.append([item.verdict for item in verdicts])
    assert found[0] == ["supported", "supported"]
    assert "supported" not in found[1]


async def test_judge_text_gives_the_sentences_back(store: EmbeddedStore) -> None:
    text = "The problem is in line 3. Change `range(n)` to `range(n + 1)` in line 3."
    async with open_sandbox(Settings(workers=1)) as sandbox:
        found = await judge_text(text, "error_identification", REPAIRED["sum_to"], ClaimChecker(sandbox, store))
    assert [item.verdict for _, item in found] == ["supported", "supported"]
    assert " ".join(sentence for sentence, _ in found) == text


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("You made this mistake before.", HistoryClaim(subject="misconception")),
        ("You have never made this mistake before.", HistoryClaim(subject="misconception", seen=False)),
        ("The program runs in quadratic time.", ComplexityClaim(order="quadratic")),
        ("The function has O(n) time complexity.", ComplexityClaim(order="linear")),
        ("Recursion needs functions.",
         ConceptRelationClaim(source="functions", relation="prerequisite", target="recursion")),
        ("Before recursion you should know functions.",
         ConceptRelationClaim(source="functions", relation="prerequisite", target="recursion")),
        ("A while loop is a kind of loop.",
         ConceptRelationClaim(source="while loop", relation="hierarchical", target="loop")),
        ("Recursion means that a function calls itself.",
         ConceptDefinitionClaim(concept="recursion", text="Recursion means that a function calls itself.")),
        ("After line 4 `total` is 6.", VariableValueClaim(variable="total", value="6", line=4)),
    ],
)  # fmt: skip
def test_learning_is_read(text: str, claim: object) -> None:
    assert claim in claims_of(text, "explanation", REPAIRED["sum_to"].submission.code)


@pytest.mark.parametrize(
    "text", ["Your program needs a loop.", "If it runs in quadratic time, it is slow.", "This means that nothing runs."]
)
def test_learning_is_not_read_into_other_sentences(text: str) -> None:
    kinds = (ComplexityClaim, ConceptRelationClaim, ConceptDefinitionClaim, HistoryClaim)
    assert not any(isinstance(claim, kinds) for claim in claims_of(text, "explanation", ""))
