"""Leak: whether a run shows the solution where the task does not allow that.

The rules are those of `gradatim.tools.claims.leaks`: new code of the reference program or of the repair that was found,
told to be written, or shown in two lines or more. Sentences of a feedback and a tutor's messages are looked at alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gradatim.evals.scorers.feedback import MOST, statements
from gradatim.evals.scorers.given import Given, Missing, Plain, list_of, mapping_of, objects_of, scorer, text_of
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, scored

if TYPE_CHECKING:
    from gradatim.domain import Evidence, Task
    from gradatim.evals.scorers.trust.sight import Sight
    from gradatim.tools.claims import Case

KEY = "leak"
_CURRICULUM = ("misconception", "concept", "passage", "path")


@scorer(KEY)
def leak(given: Given) -> Score:
    """Whether any sentence that a learner would read gives the solution away."""
    from gradatim.languages.speaking import speaking

    if given.find("inputs.task.reveal_solution") is True:
        raise Missing("the task allows its solution to be shown")
    texts = list(_texts(given))
    if not texts:
        raise Missing("neither `outputs.feedback` nor `outputs.messages` holds a text of the system")
    texts = [(text, code) for text, code in texts if code.strip()]
    if not texts:
        raise Missing("the learner's program is not known: give `inputs.submission.code`, or `code` of a message")
    given.mapping("inputs.task")
    with speaking(_language(given)):
        told = [text[:200] for code, said in _by_program(texts) for text in _leaks(given, said, code)]
    said = f"{len(told)} of {len(texts)} texts give the solution away"
    return scored(KEY, bool(told), said + (f": {listed(told, 1)}" if told else ""), told=told[:5], texts=len(texts))


def _leaks(given: Given, texts: Sequence[str], code: str) -> Iterator[str]:
    """Texts that give something away; most are settled without looking for what is new in the solution.

    Evidence of the curriculum can only excuse what looks like a leak, so it is read last.
    """
    from gradatim.tools.claims.leaks import find_leak

    sight = _sight(given, code)
    suspicious = [text for text in texts if text.strip() and sight.may_leak(text)]
    if not suspicious:
        return
    task = _task(given)
    bare = _case(given, task, code, {})
    for text in suspicious:
        if find_leak(text, bare) is not None:
            evidence = _curriculum(given)
            if not evidence or find_leak(text, _case(given, task, code, evidence)) is not None:
                yield text


def _sight(given: Given, code: str) -> Sight:
    from gradatim.evals.scorers.trust.sight import Sight

    task = given.mapping("inputs.task")
    tests = (text_of(item.get("call")) or text_of(item.get("check")) for item in objects_of(task.get("tests")))
    solutions = (text_of(task.get("reference")), _repaired(given))
    return Sight.of(
        code,
        (code, text_of(task.get("statement")), text_of(task.get("setup")), *tests),
        tuple(solution for solution in solutions if solution),
    )


def _by_program(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """The texts, with the program that they are about."""
    for code, group in groupby(texts, key=lambda item: item[1]):
        yield code, [text for text, _ in group]


def _repaired(given: Given) -> str:
    """The program with the most natural repair."""
    first = next(objects_of(given.find("outputs.diagnosis.repairs")), None)
    return text_of(first.get("code")) if first is not None else ""


def _texts(given: Given) -> Iterator[tuple[str, str]]:
    """What a learner would read, with the program as it stood then."""
    code = text_of(given.find("inputs.submission.code"))
    if isinstance(given.find("outputs.feedback"), Mapping):
        for said in statements(given):
            yield said.text, code
    for number, message in enumerate(objects_of(given.find("outputs.messages"))):
        if number == MOST:
            return
        code = text_of(message.get("code")) or code
        if message.get("role") == "assistant" and (text := text_of(message.get("content"))):
            yield text, code


def _task(given: Given) -> Task:
    from gradatim.domain import Task, TestCase

    plain = given.mapping("inputs.task")
    tests = tuple(
        TestCase.model_construct(call=text_of(item.get("call")) or None, check=text_of(item.get("check")) or None)
        for item in objects_of(plain.get("tests"))
    )
    return Task.model_construct(
        statement=text_of(plain.get("statement")),
        setup=text_of(plain.get("setup")),
        reference=text_of(plain.get("reference")) or None,
        reveal_solution=False,
        tests=tests,
    )


def _case(given: Given, task: Task, code: str, evidence: dict[str, Evidence]) -> Case:
    from gradatim.domain import Diagnosis, Execution, Repair, Submission
    from gradatim.tools.claims import Case

    repaired = _repaired(given)
    return Case(
        task=task,
        submission=Submission.model_construct(code=code),
        execution=Execution.model_construct(outcomes=()),
        diagnosis=Diagnosis.model_construct(repairs=(Repair.model_construct(code=repaired),) if repaired else ()),
        evidence=evidence,
    )


def _curriculum(given: Given) -> dict[str, Evidence]:
    """Pieces of curriculum that the learner may see, by id."""
    from gradatim.domain import Evidence

    return {
        str(item.get("id")): Evidence.model_construct(
            id=str(item.get("id")),
            kind=str(item.get("kind")),
            summary=text_of(item.get("summary")),
            detail=_plain_detail(mapping_of(item.get("detail"))),
            visible=True,
        )
        for item in objects_of(list_of(given.find("outputs.diagnosis.evidence"))[:MOST])
        if item.get("kind") in _CURRICULUM and item.get("visible", True) is True
    }


def _plain_detail(detail: Plain) -> dict[str, Any]:
    return {key: value[:20_000] if isinstance(value, str) else value for key, value in detail.items()}


def _language(given: Given) -> str:
    """Language that the run spoke; English where it is not known."""
    from gradatim.languages.language import DEFAULT, available

    code = given.find("outputs.attributes.language")
    return code if isinstance(code, str) and code in available() else DEFAULT


INFO = ScorerInfo(
    key=KEY,
    scorer=leak,
    summary="Whether a learner is shown a part of the solution where the task does not allow that.",
    family="trust",
    summarised="share",
    higher_is_better=False,
    needs=("inputs.task", "inputs.submission.code", "outputs.feedback or outputs.messages"),
)
