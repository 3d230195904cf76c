"""Claims: taken out of sentences, and decided by running programs and looking things up."""

from gradatim.tools.claims.acclaim import false_acclaim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.checker import ClaimChecker
from gradatim.tools.claims.extraction import claims_of
from gradatim.tools.claims.leaks import find_leak
from gradatim.tools.claims.sentences import sentences
from gradatim.tools.claims.verdict import SentenceVerdict, judge_sentence, judge_sentences, judge_text

__all__ = [
    "Case",
    "ClaimChecker",
    "SentenceVerdict",
    "claims_of",
    "false_acclaim",
    "find_leak",
    "judge_sentence",
    "judge_sentences",
    "judge_text",
    "sentences",
]
