"""The hallucination benchmark: its labels, its mutations, its figures, on a few programs."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from gradatim.domain import CallResultClaim, ChangeFixesClaim, LineQuoteClaim, TestOutcomeClaim
from gradatim.evals.hallucination.constructs import constructs_of
from gradatim.evals.hallucination.delivery import Delivered, draft_of, part_of
from gradatim.evals.hallucination.evaluation import cross_validated
from gradatim.evals.hallucination.fit import fit_likelihood
from gradatim.evals.hallucination.judging import Judged, decided, judge_known, judge_texts
from gradatim.evals.hallucination.labels import agreement_of_labels, labelled_sentences, sampled_texts
from gradatim.evals.hallucination.material import Observed, named, observe_all, read_programs
from gradatim.evals.hallucination.mutations import statements_of_graph, statements_of_program
from gradatim.evals.hallucination.scores import (
    area_under_curve,
    best_threshold,
    coverage_table,
    detection,
    folds_of,
    out_of_fold,
)
from gradatim.evals.hallucination.statements import KnownStatement, other_literal
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker, SentenceVerdict
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox, open_sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
WANTED = {("fibonacci", "02.py"), ("longest-word", "07.py"), ("count-vowels", "06.py")}


@dataclass
class Scene:
    sandbox: Sandbox
    store: EmbeddedStore
    items: list[Observed]
    known: list[KnownStatement]

    @property
    def checker(self) -> ClaimChecker:
        return ClaimChecker(self.sandbox, self.store)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Scene]:
    store = EmbeddedStore(packaged_curriculum())
    async with open_sandbox(Settings(workers=1)) as sandbox:
        items = await observe_all(sandbox, store, EXAMPLES, 0.4, wanted=WANTED)
        graph = await store.snapshot()
        known = [one for item in items for one in await statements_of_program(item, graph, sandbox)]
        yield Scene(sandbox, store, items, known)


def test_labels_belong_to_sentences_of_the_texts():
    texts = {item.name: item.samples for item in sampled_texts()}
    rows = labelled_sentences()
    assert len(rows) == 419
    assert len(texts) == 116
    assert {item.name for item in read_programs(EXAMPLES)} >= set(texts)
    for row in rows:
        assert "".join(row.text.split()) in "".join(texts[row.name][0].split())
        assert row.label in (row.a, row.b)
    assert agreement_of_labels() > 0.95
    seen = {row.name: {other.seen for other in rows if other.name == row.name} for row in rows}
    assert all(len(values) == 1 for values in seen.values())


@pytest.mark.parametrize(
    "literal", ["3", "-1", "2.5", "'ab'", "''", "[1, 2]", "[]", "(1,)", "{'a': 1}", "True", "None"]
)
def test_another_literal_is_another_value(literal: str):
    for seed in range(20):
        other = other_literal(literal, Random(seed))
        assert other is not None
        assert repr(ast.literal_eval(other)) != repr(ast.literal_eval(literal))
        if literal != "None":
            assert type(ast.literal_eval(other)) is type(ast.literal_eval(literal))


def test_what_is_no_literal_has_no_other():
    assert other_literal("f(2)", Random(0)) is None


def test_constructs_are_read_from_the_syntax_tree():
    found = constructs_of(
        "def f(n):\n    for i in range(n):\n        while i:\n            i -= 1\n    return f(n - 1)\n"
    )
    assert found is not None
    assert found["for-loop"]
    assert found["while-loop"]
    assert found["nested-loop"]
    assert found["recursion"]
    assert not found["class"]
    assert not found["lambda"]
    assert constructs_of("def f(:") is None


@pytest.mark.asyncio(loop_scope="module")
async def test_truth_and_falseness_hold_by_execution(scene: Scene):
    cases = named(scene.items)
    assert {one.false for one in scene.known} == {True, False}
    for one in scene.known:
        item = cases[one.name]
        claim = one.claim
        if isinstance(claim, LineQuoteClaim):
            assert claim.line is not None
            there = item.case.lines[claim.line - 1].strip() == claim.text
            assert there is not one.false
        elif isinstance(claim, TestOutcomeClaim) and claim.actual is None:
            assert (item.execution.outcome(claim.test).status == claim.status) is not one.false
        elif isinstance(claim, ChangeFixesClaim):
            lines = [*item.case.lines]
            lines[claim.line - 1] = claim.replacement
            changed = item.program.submission.model_copy(update={"code": "\n".join(lines) + "\n"})
            assert (await execute(scene.sandbox, item.program.task, changed)).passed is not one.false
        elif isinstance(claim, CallResultClaim):
            test = next(test for test in item.program.task.tests if test.call == claim.call)
            outcome = item.execution.outcome(test.id)
            given = test.expect if outcome.status == "passed" else outcome.actual
            if outcome.status in ("passed", "failed") and given is not None:
                assert (ast.literal_eval(given) == ast.literal_eval(claim.result)) is not one.false


@pytest.mark.asyncio(loop_scope="module")
async def test_mutations_are_the_same_for_a_seed(scene: Scene):
    graph = await scene.store.snapshot()
    again = [one for item in scene.items for one in await statements_of_program(item, graph, scene.sandbox)]
    assert again == scene.known
    other = [one for item in scene.items for one in await statements_of_program(item, graph, scene.sandbox, seed=3)]
    assert other != scene.known


@pytest.mark.asyncio(loop_scope="module")
async def test_graph_statements_are_reversed_only_where_the_graph_does_not_hold_them(scene: Scene):
    found = await statements_of_graph(scene.items, scene.store, most=10)
    reversed_ones = [one for one in found if one.change == "reversed"]
    assert reversed_ones
    assert all(one.false for one in reversed_ones)
    assert len(found) >= 50


@pytest.mark.asyncio(loop_scope="module")
async def test_the_checkers_tell_most_false_claims_from_true_ones(scene: Scene):
    cases = named(scene.items)
    refuted = [(await scene.checker.check(one.claim, cases[one.name].case)).verdict == "refuted" for one in scene.known]
    result = detection(refuted, [one.false for one in scene.known])
    assert (result.precision or 0) >= 0.9
    assert (result.recall or 0) >= 0.9


@pytest.mark.asyncio(loop_scope="module")
async def test_real_and_made_sentences_are_judged_with_their_labels(scene: Scene):
    cases = named(scene.items)
    real = await judge_texts(scene.checker, cases)
    labels = {(row.name, row.text): row.label for row in labelled_sentences()}
    assert len(real) == sum(row.name in WANTED for row in labelled_sentences())
    assert all(labels[row.name, row.text] == row.label for row in real)
    assert all(row.label != "N" for row in decided(real))
    made = await judge_known(scene.checker, cases, [one for one in scene.known if one.sentence][:12])
    assert len(made) == 12
    assert {row.label for row in made} == {"T", "F"}


def test_drafts_hold_every_sentence_in_its_part():
    assert part_of("To fix this, use `n` instead.") == "corrective_suggestion"
    assert part_of("The problem is in line 3.") == "error_identification"
    assert part_of("The loop runs once for each letter.") == "explanation"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_draft_is_the_text(scene: Scene):
    item = next(item for item in scene.items if item.program.name == ("fibonacci", "02.py"))
    sentences = tuple(row for row in labelled_sentences() if row.name == item.program.name)
    draft = draft_of(sentences, item)
    assert sorted(one.text for one in draft.statements()) == sorted(row.text for row in sentences)
    assert draft.author.startswith("model:")
    assert all(one.claims for one in draft_of(sentences, item, strict=True).statements())


def test_a_false_sentence_makes_a_delivered_text_wrong():
    features = {"checks": 1.0}
    base = {"name": ("t", "p"), "route": "deliver", "confidence": 0.9, "written": 2, "told": 0, "astray": 0}
    right = Delivered(**base, kept=(("a", "T"),), misplaced=(), features=features)
    wrong = Delivered(**base, kept=(("a", "F"),), misplaced=(), features=features)
    lines = Delivered(**base, kept=(), misplaced=("c",), features=features)
    assert [item.example().right for item in (right, wrong, lines)] == [True, False, False]
    assert wrong.false == 1


def _rows() -> list[Judged]:
    draw = Random(1)
    found: list[Judged] = []
    for task in range(12):
        for number in range(12):
            false = draw.random() < 0.6
            sign = float(draw.random() < (0.8 if false else 0.1))
            verdict = SentenceVerdict("refuted" if sign else "unchecked", (), "")
            found.append(
                Judged((f"t{task}", "p"), str(number), "F" if false else "T", verdict,
                       {"refuted": sign, "supported": None, "length": draw.random()}, f"t{task}")
            )  # fmt: skip
    return found


def test_a_fit_finds_the_sign_that_tells_and_is_deterministic():
    rows = _rows()
    model = fit_likelihood(rows)
    assert model == fit_likelihood(rows)
    assert model.coefficients["refuted"] > 5 * abs(model.coefficients["length"])
    assert "supported" not in model.coefficients  # it was never measured
    assert model.probability({"refuted": 1.0}) > 0.8 > 0.5 > model.probability({"refuted": 0.0})
    with pytest.raises(ValueError, match="false and true"):
        fit_likelihood([row for row in rows if row.label == "F"])


def test_cross_validation_never_sees_the_group_it_judges():
    rows = _rows()
    stated = cross_validated(rows)
    result = detection(stated.taken, stated.false)
    assert (result.precision or 0) > 0.8
    groups = [row.group for row in rows]
    folds = folds_of(groups, 5)
    assert all(len({fold for fold, group in zip(folds, groups, strict=True) if group == one}) == 1 for one in groups)
    seen: list[set[str]] = []
    out_of_fold(rows, folds, lambda part: (seen.append({row.group for row in part}), lambda row: 0.0)[1])
    assert all(len(part) < 12 for part in seen)
    assert len(seen) == 5


def test_scores_by_hand():
    result = detection([True, True, False, False], [True, False, True, False])
    assert (result.precision, result.recall) == (0.5, 0.5)
    assert result.f_score() == pytest.approx(0.5)
    assert detection([False], [False]).precision is None
    assert area_under_curve([0.9, 0.5, 0.5], [True, True, False]) == pytest.approx(0.75)
    assert best_threshold([0.9, 0.8, 0.2], [True, True, False], 0.9) == 0.8
    table = coverage_table([0.1, 0.2, 0.8, 0.9], [False, False, True, True], steps=(0.5, 1.0))
    assert table == [(0.5, 0.2, 0.0), (1.0, 0.9, 0.5)]
