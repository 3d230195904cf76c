"""gradatim in inspect_ai: scorers, recorded runs as a data set, and tasks that run gradatim's own agents.

```python
from inspect_ai import Task, eval

from gradatim.evals.harness.inspect import gradatim_scorers, recorded_solver, recorded_traces

task = Task(recorded_traces("runs.jsonl"), solver=recorded_solver(), scorer=gradatim_scorers("trust"))
eval(task, model="mockllm/model")
```

inspect_ai finds tasks and scorers by name as well, once gradatim is installed beside it: `gradatim/recorded`,
`gradatim/assessment`, `gradatim/tutoring`, and each scorer, e.g. `gradatim/claim_support`.

Importing this module without inspect_ai raises a `SettingsError` that says what to install.
"""

from __future__ import annotations

from gradatim.errors import SettingsError

try:
    import inspect_ai as _inspect_ai
except ImportError as error:
    raise SettingsError(
        f"inspect_ai cannot be imported: {error}",
        place="gradatim.evals.harness.inspect",
        remedy="pip install 'gradatim[inspect]'",
    ) from error

from gradatim.evals.harness.inspecting.chat import InspectChat
from gradatim.evals.harness.inspecting.metrics import figure
from gradatim.evals.harness.inspecting.recorded import recorded_solver, recorded_traces
from gradatim.evals.harness.inspecting.scoring import gradatim_scorer, gradatim_scorers
from gradatim.evals.harness.inspecting.solving import assessment_solver, tutoring_solver
from gradatim.evals.harness.inspecting.state import trace_of_state
from gradatim.evals.harness.inspecting.tasks import (
    assessment,
    assessment_task,
    examples_dataset,
    recorded,
    tutoring,
    tutoring_task,
)

__all__ = [
    "InspectChat",
    "assessment",
    "assessment_solver",
    "assessment_task",
    "examples_dataset",
    "figure",
    "gradatim_scorer",
    "gradatim_scorers",
    "recorded",
    "recorded_solver",
    "recorded_traces",
    "trace_of_state",
    "tutoring",
    "tutoring_solver",
    "tutoring_task",
]

VERSION: str = _inspect_ai.__version__
"""Of the inspect_ai that is at work."""
