"""Whether a text names the fault: a line of it, and what kind of mistake it is.

Read from the words alone, the same way for every variant of an experiment (`outputs.names`, which the audit of an
experiment writes). A text that blames everything names nothing: the line that it blames most plainly has to be a known
one. A misconception is named by a sentence of the concept graph about it, or by what the first sentence that speaks of
some kind of fault may mean. The latter is generous: words that mean several kinds need only one right one, so that a
model which does not know the graph's words is not judged by them. Of a correct program the right thing to blame is
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.scorers.given import Given, Missing, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored

KEY = "diagnosis_named"


@scorer(KEY)
def diagnosis_named(given: Given) -> Score:
    """Mean of two judgements: whether the line is right, and whether the misconception is."""
    lines, kinds = given.lines("outputs.names.lines"), given.names("outputs.names.kinds")
    said = given.names("outputs.names.misconceptions")
    if given.find("reference.verdict") == "correct":
        blamed = len(lines) + len(said) + len(kinds)
        comment = "the program is correct, and the text blames " + ("something" if blamed else "nothing")
        return scored(KEY, float(not blamed), comment, line=None, misconception=None, correct=True)
    known = given.lines("reference.lines") if given.find("reference.lines") else ()
    wanted = given.names("reference.misconceptions") if given.find("reference.misconceptions") else ()
    line = (bool(lines) and lines[0] in known) if known else None
    misconception = _misconception(said, kinds, wanted) if wanted else None
    judged = [item for item in (line, misconception) if item is not None]
    if not judged:
        raise Missing("neither `reference.lines` nor `reference.misconceptions` is known")
    comment = f"blames lines {listed(lines) or 'none'}, known: {listed(known) or 'none'}"
    return scored(KEY, sum(judged) / len(judged), comment, line=line, misconception=misconception, correct=False)


def _misconception(said: Sequence[str], kinds: Sequence[str], wanted: Sequence[str]) -> bool:
    if set(said) & set(wanted):
        return True
    from gradatim.domain import MisconceptionMatch
    from gradatim.tools.claims.kinds import kinds_of_match

    meant = {kind for name in wanted for kind in kinds_of_match(MisconceptionMatch(id=name, confidence=1.0, why=""))}
    return any(kind in meant for kind in kinds)


INFO = ScorerInfo(
    key=KEY,
    scorer=diagnosis_named,
    summary="Whether the words of a text name the faulty line and the misconception, by the known truth; of a correct "
    "program, whether they blame nothing.",
    family="outcome",
    needs=("outputs.names", "reference.lines"),
)
