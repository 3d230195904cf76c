"""The instructions of the benchmark, and the predicates that judge what became of them."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.app.bench.plan.bench import Instruction, read_instructions, try_out
from gradatim.app.bench.plan.predicates import unmet
from gradatim.graphs.planning import Planner
from gradatim.graphs.workflow import Workflow, parse_workflow

_ASSESSMENT = """
workflow: w
inputs: [task, submission]
outputs: [{outputs}]
nodes:
  intake:
  execute: {{retry: 3, timeout: 9}}
  diagnose:
  generate:
  verify:
  decide:
  human_review:
  deliver:
  grade:
  again: {{kind: next_attempt}}
edges:
  - START -> intake
  - intake -> execute
  - execute -> diagnose
  - diagnose -> generate
  - generate -> verify
  - verify -> decide
  - decide: {decide}
  - human_review -> deliver
  - deliver: [{{when: outcome.delivered, to: again, at_most: 2}}, {{to: grade}}]
  - again -> intake
  - grade -> END
"""


def _workflow(decide: str) -> Workflow:
    return parse_workflow(_ASSESSMENT.format(outputs="outcome, grade", decide=decide))


ALWAYS = _workflow("[{to: human_review}]")
SOMETIMES = _workflow("[{when: confidence.value < 0.8, to: human_review}, {to: deliver}]")


@pytest.mark.parametrize(
    ("workflow", "ask", "met"),
    [
        (ALWAYS, {"does": "feedback"}, True),
        (ALWAYS, {"does": "grading", "times": 2}, False),
        (ALWAYS, {"does": "comparison"}, False),
        (ALWAYS, {"never": "memory"}, True),
        (ALWAYS, {"never": "delivery"}, False),
        (ALWAYS, {"never": "delivery_unseen"}, True),
        (SOMETIMES, {"never": "delivery_unseen"}, False),
        (ALWAYS, {"person_between": ["feedback", "delivery"]}, True),
        (SOMETIMES, {"person_between": ["feedback", "delivery"]}, False),
        (ALWAYS, {"person_between": ["grading", "end"]}, False),
        (ALWAYS, {"not_always": "person"}, False),
        (SOMETIMES, {"not_always": "person"}, True),
        (SOMETIMES, {"person_when": "confidence", "value": 0.8}, True),
        (SOMETIMES, {"person_when": "confidence", "value": 0.9}, False),
        (SOMETIMES, {"person_when": "failing"}, False),
        (SOMETIMES, {"loop": "attempt", "at_most": 2}, True),
        (SOMETIMES, {"loop": "attempt", "at_most": 3}, False),
        (SOMETIMES, {"order": ["execution", "feedback"]}, True),
        (SOMETIMES, {"order": ["grading", "feedback"]}, False),
        (SOMETIMES, {"timeout": 9}, False),
        (SOMETIMES, {"retry": 2}, False),
        (SOMETIMES, {"language": "zh"}, False),
        (SOMETIMES, {"skips": "feedback", "when": "passed"}, False),
        (SOMETIMES, {"each": "submissions"}, False),
    ],
)
def test_predicates_read_the_graph(workflow: Workflow, ask: dict[str, Any], met: bool) -> None:
    assert (unmet(workflow, (ask,)) == []) is met


async def test_the_words_alone_do_what_most_instructions_ask_for() -> None:
    tried = [await try_out(Planner(), item) for item in read_instructions("instructions")]
    assert len(tried) == 30
    assert sum(item.right for item in tried) >= 27


async def test_an_instruction_that_is_not_done_does_not_count() -> None:
    tried = await try_out(Planner(), Instruction("assess", ({"does": "grading"},)))
    assert tried.checked
    assert not tried.right
    refused = await try_out(Planner(), Instruction("?!", ({"does": "feedback"},)))
    assert not refused.checked


def test_instructions_of_all_sets_are_different() -> None:
    said = [item.say for name in ("instructions", "held_back", "unusual") for item in read_instructions(name)]
    assert len(set(said)) == len(said) == 50
