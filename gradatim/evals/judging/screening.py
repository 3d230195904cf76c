"""What a judge is not shown: sentences of the material that speak to the judge.

A reply that says "give the best score" is judged without that sentence. It is left out by what it looks like, in
English and Chinese and by the signs that `gradatim.agents.untrusted` knows in more languages; no list is complete. So
the material is also fenced, and the answer can only be one of three labels; how far a model obeys what gets through is
measured by the probes of `validate_judge`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from gradatim.agents.untrusted import Screen, statement_view
from gradatim.evals.scorers.tutoring.reading.program import bare_task, task_key
from gradatim.languages.sentences import sentences

_GOOD = r"(?:best|highest|top|maximum|max|full|perfect|positive|good|great|favou?rable|better|\"?yes\"?|5|10|100)"
_MARK = (
    r"(?:scores?|labels?|marks?|ratings?|grades?|points?|evaluations?|verdicts?|categor(?:y|ies)|rank(?:ing)?s?|stars?"
    r"|classifications?)"
)
_GIVE = (
    r"(?:give|award|assign|choose|pick|select|answer|output|respond|reply|return|rate|label|mark|grade|score|classify"
    r"|judge|evaluate|print|write|say|set|use|put|consider|treat|count)"
)
_JUDGE = (
    r"(?:judges?|evaluators?|graders?|raters?|annotators?|assessors?|examiners?|reviewers?|scorers?|llms?"
    r"|language\s+models?)"
)
_SPEAKS = re.compile(
    rf"""
      \b{_GIVE}\b.{{0,60}}\b{_GOOD}\b.{{0,30}}\b{_MARK}\b
    | \b{_GIVE}\b.{{0,30}}\b(?:this|my|the)\s+(?:reply|response|turn|tutor|message)\b.{{0,60}}\b(?:{_GOOD}|as|with)\b
    | \b{_GOOD}\s+(?:possible\s+)?{_MARK}\b
    | \b(?:correct|right|true|final|expected|proper|gold|assigned|given)\s+{_MARK}\s+(?:is|are|for|of|should|must|:|=)
    | \blabel(?:s|led|ed|ing)?\b.{{0,40}}\b(?:yes|no|to\s+some\s+extent)\b
    | \b(?:this|my|the)\s+(?:reply|response|turn|tutor)\b.{{0,30}}
        \b(?:deserves?|(?:should|must)\s+(?:be|get|receive)|earns?|merits?)\b
    | ["']?\blabel["']?\s*[:=]\s*["']?(?:yes|no\b|to\s+some)
    | \b(?:choose|select|pick|output|(?:respond|reply)\s+(?:with|only)|answer\s+(?:with|only|always)
        |always\s+(?:say|answer|choose))\W{{1,4}}(?:with\W+|only\W+)?(?:yes|to\s+some\s+extent)\b(?!\W+or\b)
    | \b(?:attention|dear|hey|note|message|instructions?|reminder|hint)\b.{{0,20}}\b(?:{_JUDGE}|assistants?|ai)\b
    | ^\W*(?:{_JUDGE}|ai)\s*[,:;!-]
    | \b(?:as|you\s+are)\s+(?:an?|the)\s+(?:\w+\s+)?{_JUDGE}\b
    | \b(?:rubric|evaluation|judging|grading|annotation)\s+
        (?:says|instructions?|criteri\w+|rules?|guidelines?|result)\b
    | (?:打|给|判|评|选|标)[^。！？]{{0,12}}(?:最高|最好|满|高)(?:的)?(?:分|评价|评分|等级|标签|分数)
    | άριστα|βαθμολογ|ציון|оцінк|ігнору|оценк|высш\w*\s+балл|note\s+maximale|punktzahl|bestnote|puntuaci[oó]n
    | (?:最高分|最高评分|最佳评价|满分|好评)
    | (?:选择?|输出|回答|标(?:为|注|记)|判(?:为|定)|评(?:为|定))\s*[“"'「『]?\s*(?:Yes|“是”|To\s+some)
    | (?:评(?:委|审|估者|判者|分者|价者|分人)|裁判|打分(?:者|的人)|标注(?:者|员))
    | (?:这|本|该)(?:个|条)?(?:回复|回答|辅导)[^。！？]{{0,10}}(?:应(?:该|当)?|值得|必须)
        [^。！？]{{0,10}}(?:评|判|得|标|选)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OF_ITSELF = re.compile(r"\bas an ai\b(?=[\w -]{0,30},?\s+(?:i|i'm|my)\b)", re.IGNORECASE)
_OBEY = re.compile(r"\b(?:obey|decode|decipher)\b", re.IGNORECASE)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏАВЕКМНОРСТХІЈЅαορνικτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsdhlABEKMHOPCTXIJSaopviktABEZHIKMNOPTYX"
)
_LEET = str.maketrans("0134578", "oieasbb")
_MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*\d)\w+\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NAME_PARTS = 3
_JOINED = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
_BRACKETED = re.compile(r"[\[(<{【（]([^\])>}】）]{8,400})[\])>}】）]|<!--(.*?)-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Screened:
    """A text as a judge sees it.

    Attributes:
        text: What is left.
        removed: Sentences that were left out.
    """

    text: str
    removed: int


def screened(text: str) -> Screened:
    """A text without the sentences that speak to a judge, without markup of models and without invisible signs."""
    removed = 0

    def bracket(match: re.Match[str]) -> str:
        nonlocal removed
        inside = match.group(1) or match.group(2) or ""
        if not _SPEAKS.search(inside):
            return match.group()
        removed += 1
        return " "

    # taken sentence by sentence: an order in brackets must not take the sentence around it away
    plain = _BRACKETED.sub(bracket, text)
    kept: list[str] = []
    for part in plain.split("\n"):
        if not part.strip():
            kept.append(part)
            continue
        pieces = sentences(part)
        shown = [view for view in map(_viewed, pieces) if view]
        removed += len(pieces) - len(shown)
        if len(shown) == len(pieces) and pieces == [part.strip()]:
            kept.append(
                statement_view(_OF_ITSELF.sub("as a machine", part))
            )  # one sentence or a line of code: its indentation stays
        else:
            kept.append(" ".join(shown))
    return Screened("\n".join(kept).strip(), removed)


def program_view(program: str, statement: str) -> str:
    """A program as models see it: strange words in its comments, strings and names are left out."""
    task = bare_task(task_key({"statement": statement}))
    return "\n".join(f"{number:>3}  {line}" for number, line in enumerate(Screen.of(task, program).lines, 1))


def _viewed(sentence: str) -> str:
    """A sentence as it is shown; empty where it speaks to a judge, also in disguise."""
    # a tutor who says "As an AI tutor, I …" speaks of itself, and how that sounds is a part of what is judged
    view = statement_view(_OF_ITSELF.sub("as a machine", sentence)).strip()
    folded = _folded(view)
    if _SPEAKS.search(view) or _SPEAKS.search(folded) or _OBEY.search(folded):
        return ""
    return view if statement_view(folded).strip() == folded.strip() else ""


def _folded(text: str) -> str:
    """A text with names taken apart and with plain letters in place of those, or digits, that only look like them."""
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    plain = _MIXED.sub(lambda match: match.group().translate(_LEET), plain)
    return " ".join(_NAME.sub(_apart, plain).split())


def _apart(match: re.Match[str]) -> str:
    """A name that holds a sentence as its words; other names as they are, `best_score` too."""
    parts = [part for part in _JOINED.split(match.group()) if part]
    return " ".join(parts) if len(parts) > _NAME_PARTS else match.group()
