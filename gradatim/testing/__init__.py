"""For testing workflows offline: a scripted model, answers of persons, runs, and assertions about them.

```python
async def test_the_feedback_waits_where_confidence_is_low() -> None:
    run = await run_graph(
        build_assessment_graph,
        {"task": TASK, "submission": submission(WRONG)},
        deliver_threshold=1.0,
    )
    assert_path(run, ["intake", {"execute", "recall"}, "diagnose", ...])
    assert_held_for_person(run, "human_review")
```

Learners with known truth are in `gradatim.testing.learners`.
"""

from gradatim.serving.scripted import ScriptedChat, ScriptedRequest, ScriptExhausted
from gradatim.testing.answers import approve, edit, reject, respond
from gradatim.testing.assertions import (
    assert_asked,
    assert_degraded,
    assert_delivered,
    assert_held_for_person,
    assert_loops_at_most,
    assert_no_leak,
    assert_no_unchecked,
    assert_not_delivered,
    assert_not_visited,
    assert_path,
    assert_visited,
    assert_wrote,
)
from gradatim.testing.model import Reply, schema_of, scripted
from gradatim.testing.offline import offline_services, offline_settings
from gradatim.testing.running import run_graph, run_workflow
from gradatim.testing.runs import Question, Run
from gradatim.testing.samples import BROKEN, CORRECT, TASK, WRONG, submission
from gradatim.testing.smallest import smallest

__all__ = [
    "BROKEN",
    "CORRECT",
    "TASK",
    "WRONG",
    "Question",
    "Reply",
    "Run",
    "ScriptExhausted",
    "ScriptedChat",
    "ScriptedRequest",
    "approve",
    "assert_asked",
    "assert_degraded",
    "assert_delivered",
    "assert_held_for_person",
    "assert_loops_at_most",
    "assert_no_leak",
    "assert_no_unchecked",
    "assert_not_delivered",
    "assert_not_visited",
    "assert_path",
    "assert_visited",
    "assert_wrote",
    "edit",
    "offline_services",
    "offline_settings",
    "reject",
    "respond",
    "run_graph",
    "run_workflow",
    "schema_of",
    "scripted",
    "smallest",
    "submission",
]
