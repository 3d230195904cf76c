"""Whatever a model writes, reading and checking it never fails and never loses anything."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import (
    FEEDBACK_PARTS,
    CallResultClaim,
    ChangeFixesClaim,
    ComplexityClaim,
    ConceptDefinitionClaim,
    ConceptRelationClaim,
    ExampleOutputClaim,
    ExceptionClaim,
    ExpectedResultClaim,
    HistoryClaim,
    LineQuoteClaim,
    ProseClaim,
    TestCountClaim,
    TestOutcomeClaim,
    VariableValueClaim,
)
from gradatim.tools.claims import claims_of, find_leak, sentences
from gradatim.tools.claims.code import is_literal
from gradatim.tools.claims.extraction import LONGEST
from gradatim.tools.claims.grounding import grounded
from tests.tools.claims.corpus import CORPUS
from tests.tools.claims.material import CASES
from tests.tools.claims.test_leaks import DIVISORS
from tests.tools.claims.test_lookup import check

WORDS = [
    "`fib(5)`",
    "`fib(`",
    "fib(6)",
    "returns",
    "gives",
    "8",
    "-3",
    "''",
    '"a"',
    "instead",
    "of",
    "5",
    "expected",
    "got",
    "but",
    "test",
    "t2",
    "tests",
    "fails",
    "pass",
    "2",
    "of",
    "6",
    "all",
    "none",
    "line",
    "lines",
    "3",
    "99999",
    "`range(n)`",
    "on",
    "in",
    "because",
    "so",
    "that,",
    "which",
    "means",
    "if",
    "would",
    "not",
    "change",
    "to",
    "replace",
    "with",
    "IndexError:",
    "raises",
    "an",
    "`",
    "``",
    "```",
    "[test:t3]",
    "(",
    ")",
    "[",
    "]",
    ".",
    "?",
    "!",
    ";",
    ":",
    ",",
    "—",
    "’",
    "循环",
    "。",
    "\ue000",
    "\ue100",
    "\x00",
    "�",
    "the",
    "your",
    "program",
]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
PROGRAMS = st.one_of(st.sampled_from([case.submission.code for case in CASES.values()]), st.text(max_size=80))
LOOKED_UP = TestCountClaim | TestOutcomeClaim | LineQuoteClaim | ExceptionClaim | ProseClaim
LEARNED = ComplexityClaim | ConceptDefinitionClaim | ConceptRelationClaim | HistoryClaim | VariableValueClaim
RUN = CallResultClaim | ExpectedResultClaim | ChangeFixesClaim | ExampleOutputClaim


@given(TEXTS)
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence and sentence == sentence.strip() for sentence in found)


@given(
    st.lists(
        st.one_of(st.text("abc.!? \n", max_size=12).map(lambda code: f"`{code}`"), st.text("ab.!? \n", max_size=12))
    )
)
def test_sentences_never_split_code(pieces: list[str]) -> None:
    text = " ".join(pieces)
    codes = [" ".join(code.split()) for code in re.findall(r"```.*?```|``.*?``|`[^`]*`", text, re.DOTALL)]
    found = [" ".join(sentence.split()) for sentence in sentences(text)]
    assert all(any(code in sentence for sentence in found) for code in codes)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(FEEDBACK_PARTS), PROGRAMS)
def test_reading_never_fails(text: str, part: str, program: str) -> None:
    for claim in claims_of(text, part, program):  # type: ignore[arg-type]
        assert isinstance(claim, LOOKED_UP | RUN | LEARNED)
        if isinstance(claim, CallResultClaim | ExpectedResultClaim):
            assert is_literal(claim.result) or claim.result.isidentifier()


@settings(deadline=None)
@given(TEXTS, st.sampled_from(sorted(CASES)))
def test_looking_up_never_fails(text: str, name: str) -> None:
    case = CASES[name]
    claims = [claim for claim in claims_of(text, "explanation", case.submission.code) if isinstance(claim, LOOKED_UP)]
    for claim in (*claims, ProseClaim(text=text), LineQuoteClaim(text=text), LineQuoteClaim(line=2, text=text)):
        assert check(claim, case).verdict in ("supported", "refuted", "unchecked")


@settings(deadline=None)
@given(TEXTS)
def test_looking_for_leaks_never_fails(text: str) -> None:
    assert find_leak(text, DIVISORS) is None or find_leak(text, DIVISORS).verdict == "refuted"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "negation", ["It is not true that {}", "If {}, something else happens.", "Suppose that {}", "You may think that {}"]
)
def test_no_doubted_sentence_states_a_result(negation: str) -> None:
    stated = (CallResultClaim, ExceptionClaim, TestCountClaim, TestOutcomeClaim)
    for program, sentence, judged in CORPUS:
        if any(isinstance(claim, stated) for claim, _ in judged) and not re.search(
            r"[;:]| - |,|because|calls? | but ", sentence
        ):
            doubted = negation.format(sentence[0].lower() + sentence[1:].rstrip(".!"))
            found = claims_of(doubted, "explanation", CASES[program].submission.code)
            assert not [claim for claim in found if isinstance(claim, stated)], doubted


REPEATED = [
    "`fib(5)` returns ", "(", "`", "line 3 ", "the ", "t1, ", "if `a` and ", "test t1 and ", "- ",
    "because so that ", "1 of 2 tests ", "all the tests ", "for with when calling ", "IndexError on ",
    "[test:t1, ", "f(", "'", "your program on line 3 ", "`a` on line 3, ", "on line 3 (`x`) ",
    "test t1 (`f(1)`), ", "change `a` to `b` ", "instead of `a` use ", "it is 8 or ", "not 8 ",
    "actually now ", "the first second line of the ", "1, ", "line 1, 2 and ", "循环", "’",
    "was expected 5 got ", "tests pass and 2 fail and ", "the call for the test t1 (:", "``` ", "`x` ",
    ", and so the ",
]  # fmt: skip


@pytest.mark.parametrize("text", REPEATED)
def test_reading_takes_no_longer_for_strange_text(text: str) -> None:
    began = time.perf_counter()
    for length in (LONGEST - 60, LONGEST, LONGEST + 2000):
        long = (text * (length // len(text)))[:length]
        claims_of(long, "explanation", CASES["fib"].submission.code)
        claims_of(f"Your program {long} `fib(5)` IndexError", "explanation", CASES["fib"].submission.code)
        find_leak(long, DIVISORS)
        sentences(long)
        grounded(long, list(DIVISORS.evidence.values()), DIVISORS.submission.code)
    assert time.perf_counter() - began < 2.0
