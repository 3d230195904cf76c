"""Workflow files from instructions: `Planner` reads what a person asks for and writes a checked workflow.

```python
plan = await Planner().plan("assess a loop exercise, two hint rounds, ask me before grades go out")
print(plan.files[plan.main])
```
"""

from gradatim.graphs.planning.plan import Plan, asked, told
from gradatim.graphs.planning.planner import Planner
from gradatim.graphs.planning.steps import Question, Step

__all__ = ["Plan", "Planner", "Question", "Step", "asked", "told"]
