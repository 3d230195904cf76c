"""Every claim of the corpus gets its verdict from the checker, with the real sandbox and the packaged graph."""

from __future__ import annotations

import pytest

from gradatim.domain import ConceptRelationClaim, Outcome, ProseClaim
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from tests.tools.claims.corpus import CORPUS, WHOLE
from tests.tools.claims.material import CASES

VERDICTS = {"✓": "supported", "✗": "refuted", "+": "supported", "-": "refuted", "?": "unchecked"}


async def test_every_claim_of_the_corpus_gets_its_verdict() -> None:
    wrong: list[str] = []
    async with open_sandbox(Settings(workers=1)) as sandbox:
        checker = ClaimChecker(sandbox, EmbeddedStore(packaged_curriculum()))
        for program, sentence, judged in CORPUS:
            for claim, verdict in judged:
                if claim == ProseClaim(text=WHOLE):
                    claim = ProseClaim(text=sentence)
                found = await checker.check(claim, CASES[program])
                if found.verdict != VERDICTS[verdict]:
                    wrong.append(f"{sentence}: {claim.kind} is {found.verdict}, {found.detail}")
    assert not wrong, "\n".join(wrong)


async def test_the_cases_show_what_really_happens() -> None:
    def brief(outcome: Outcome) -> tuple[object, ...]:
        fact = outcome.exception
        return outcome.status, outcome.actual, (fact.type, fact.line) if fact else None

    async with open_sandbox(Settings(workers=1)) as sandbox:
        for name, case in CASES.items():
            execution = await execute(sandbox, case.task, case.submission)
            assert [brief(item) for item in execution.outcomes] == [brief(item) for item in case.execution.outcomes], (
                name
            )
            assert (execution.load_error is None) == (case.execution.load_error is None)


@pytest.mark.parametrize(
    ("source", "target", "verdict"),
    [
        ("for loop", "range", "supported"),
        ("loop", "range with start and stop", "supported"),
        ("range", "for loop", "refuted"),
        ("tuple", "recursion", "unchecked"),
        ("range", "quantum loop", "unchecked"),
    ],
)
async def test_relations_are_looked_up(source: str, target: str, verdict: str) -> None:
    store = EmbeddedStore(packaged_curriculum())
    async with open_sandbox(Settings(workers=1)) as sandbox:
        claim = ConceptRelationClaim(source=source, relation="prerequisite", target=target)
        found = await ClaimChecker(sandbox, store).check(claim, CASES["fib"])
    assert found.verdict == verdict, found.detail
