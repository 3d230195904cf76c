"""Sentences become the claims they make, and no others."""

from __future__ import annotations

import pytest

from gradatim.domain import Claim, FeedbackPart, ProseClaim
from gradatim.tools.claims import claims_of
from tests.tools.claims.corpus import CORPUS, OTHER_PARTS, WHOLE
from tests.tools.claims.material import CASES


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 120
    assert len({program for program, _, _ in CORPUS}) >= 12


@pytest.mark.parametrize(("program", "sentence", "expected"), CORPUS)
def test_claims_of_a_sentence(program: str, sentence: str, expected: tuple[tuple[Claim, str], ...]) -> None:
    wanted = {ProseClaim(text=sentence) if claim == ProseClaim(text=WHOLE) else claim for claim, _ in expected}
    found = claims_of(sentence, "error_identification", CASES[program].submission.code)
    assert set(found) == wanted
    assert len(found) == len(wanted), "no claim twice"


@pytest.mark.parametrize(("part", "sentence", "expected"), OTHER_PARTS)
def test_other_parts_state_less(part: FeedbackPart, sentence: str, expected: tuple[Claim, ...]) -> None:
    assert claims_of(sentence, part, CASES["fib"].submission.code) == expected
