"""Detection of unsupported statements: by graph, by execution, by the agreement of claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.agents.agreement import jaccard, mutual, similarity, support
from gradatim.agents.critic import Opinion, consistency, opinion_schema
from gradatim.agents.detection import ConsistencyCheck, ExecutionCheck, GraphCheck, Subject, detect, disagreement
from gradatim.domain import (
    CallResultClaim,
    Check,
    CheckReport,
    Claim,
    ConceptRelationClaim,
    Diagnosis,
    Edit,
    Execution,
    FaultKindClaim,
    FaultLineClaim,
    Feedback,
    LineQuoteClaim,
    MisconceptionClaim,
    ProseClaim,
    Repair,
    Statement,
    TestOutcomeClaim,
)
from gradatim.tools.claims.case import Case
from tests.cases import TASK, submission

RELATION = ConceptRelationClaim(source="range", relation="prerequisite", target="for-loop")
RUN = TestOutcomeClaim(test="t1", status="failed")
CLAIMS = st.one_of(
    st.builds(FaultLineClaim, line=st.integers(1, 6)),
    st.builds(MisconceptionClaim, misconception=st.sampled_from("ab")),
    st.builds(FaultKindClaim, operator=st.sampled_from("xy")),
    st.builds(CallResultClaim, call=st.sampled_from(["f(1)", "f(2)"]), result=st.sampled_from("12")),
)


def said(*statements: tuple[Claim, str]) -> Feedback:
    return Feedback(
        error_identification=tuple(
            Statement(
                text="s",
                claims=(claim,),
                checks=(Check(claim=claim, verdict=verdict, method="none", detail=f"found for {claim.kind}"),),  # type: ignore[arg-type]
            )
            for claim, verdict in statements
        ),
        explanation=(),
        corrective_suggestion=(),
        encouragement=(),
        author="model:m",
    )


def test_each_check_looks_at_its_own_claims_and_gives_reasons() -> None:
    feedback = said(
        (RELATION, "refuted"), (RUN, "supported"), (ProseClaim(text="x"), "unchecked"), (RELATION, "supported")
    )
    graph, execution = GraphCheck()(Subject(feedback)), ExecutionCheck()(Subject(feedback))
    assert graph.score == 0.5
    assert [(flag.statement, flag.reason) for flag in graph.flags] == [(0, "refuted: found for concept_relation")]
    assert (execution.score, execution.flags) == (1.0, ())
    assert ExecutionCheck()(Subject(said((RELATION, "supported")))).score is None, "nothing to look at, no score"


def test_consistency_flags_what_the_opinions_do_not_share() -> None:
    opinions = tuple(Opinion(line=3, misconception=name) for name in ("a", "b", "b"))
    feedback = said((FaultLineClaim(line=3), "supported"), (MisconceptionClaim(misconception="a"), "supported"))
    report = ConsistencyCheck()(Subject(feedback, opinions=opinions))
    assert [flag.statement for flag in report.flags] == [1]
    assert "33% support among 3 opinions" in report.flags[0].reason
    assert ConsistencyCheck()(Subject(feedback)).score is None
    assert ConsistencyCheck()(Subject(feedback, opinions=opinions[:1])).score is None


def test_disagreement_is_the_widest_gap_between_scores() -> None:
    reports = [CheckReport(name="a", score=0.9), CheckReport(name="b"), CheckReport(name="c", score=0.2)]
    gap = disagreement(reports)
    assert gap is not None
    assert (round(gap[0], 2), gap[1].name, gap[2].name) == (0.7, "a", "c")
    assert disagreement(reports[:2]) is None
    assert [report.name for report in detect(Subject(said()))] == ["graph", "execution", "consistency"]


def test_opinions_are_compared_by_claims_not_by_words() -> None:
    one = Opinion(line=3, kind="loop-bound", cause="the loop ends too early")
    other = Opinion(line=3, kind="loop-bound", cause="range stops before n")
    assert jaccard(one.claims(), other.claims()) == 1
    assert jaccard(one.claims(), Opinion(line=3, kind="initial-value").claims()) == pytest.approx(1 / 3)
    assert jaccard(one.claims(), Opinion(line=3).claims()) == 0.5
    assert jaccard(one.claims(), Opinion(line=9, kind="index").claims()) == 0


def test_what_a_cause_says_about_results_is_compared_too() -> None:
    code = "def f(n):\n    return n\n"
    claims = Opinion(line=2, cause="`f(2)` returns 2 instead of 3.").claims(code)
    assert CallResultClaim(call="f(2)", result="2") in claims
    torn = Opinion(line=2, cause="`f(2)` returns 5.").claims(code)
    value = jaccard(claims, torn)
    assert value is not None
    assert value < 1
    assert support(CallResultClaim(call="f(2)", result="2"), [claims, torn]) == 0.5
    assert support(CallResultClaim(call="f(9)", result="2"), [claims, torn]) is None, "nobody has an opinion on it"


def test_similar_places() -> None:
    assert similarity(FaultLineClaim(line=3), FaultLineClaim(line=4)) == 0.5
    assert similarity(FaultLineClaim(line=3, last_line=6), FaultLineClaim(line=6)) == 0.25
    assert similarity(FaultLineClaim(line=3), LineQuoteClaim(line=3, text="x")) == 1
    assert similarity(FaultLineClaim(line=3), LineQuoteClaim(text="x")) is None
    assert similarity(FaultLineClaim(line=3), MisconceptionClaim(misconception="a")) is None


@given(st.lists(CLAIMS, unique=True, max_size=5), st.lists(CLAIMS, unique=True, max_size=5))
def test_the_soft_jaccard_index_is_one(one: list[Claim], other: list[Claim]) -> None:
    value = jaccard(one, other)
    assert value == jaccard(other, one)
    if one or other:
        assert value is not None
        assert 0 <= value <= 1
    if one:
        assert jaccard(one, one) == 1
    assert mutual([one]) is None


def test_consistency_without_anything_said_is_the_agreement_of_the_opinions() -> None:
    silent = Feedback(
        error_identification=(), explanation=(), corrective_suggestion=(), encouragement=(), author="model:m"
    )
    assert consistency([Opinion(line=1), Opinion(line=1), Opinion(line=5)], silent) == pytest.approx(1 / 3, abs=1e-4)


def test_kinds_of_the_repairs_found_come_first() -> None:
    repair = Repair(
        code="x", edits=(Edit(line=1, last_line=1, replacement="x", operator="swap-arguments"),), place="p", change="c",
        origin="search", weight=0.5,
    )  # fmt: skip
    given_in = submission()
    case = Case.of(
        TASK, given_in, Execution(submission=given_in.id, task=TASK.id, outcomes=(), tier="bubblewrap"),
        Diagnosis(submission=given_in.id, verdict="incorrect", repairs=(repair,)),
    )  # fmt: skip
    kinds = opinion_schema(case)["properties"]["kind"]["enum"]
    assert (kinds[0], kinds[-1]) == ("swap-arguments", "other")
