"""Workflows in Python: nodes of your own, and a builder that gives the same model as a workflow file.

```python
from gradatim.workflow import END, START, Workflow, node, otherwise, when


@node
def word_count(submission: Submission) -> int:
    return len(submission.code.split())


flow = Workflow("short-programs").inputs("task", "submission").outputs("word_count")
flow.chain(START, "intake", flow.add(word_count), END)
```
"""

from gradatim.graphs.workflow import build_workflow, check_workflow, load_workflow
from gradatim.graphs.workflow.kinds import Kind
from gradatim.graphs.workflow.kinds.decorated import node
from gradatim.workflow.agents import agent
from gradatim.workflow.builder import Workflow
from gradatim.workflow.files import parse, read
from gradatim.workflow.parts import END, START, Node, Parameter
from gradatim.workflow.routes import Condition, Way, otherwise, when
from gradatim.workflow.running import Run, WorkflowRunner, open_workflow

__all__ = [
    "END",
    "START",
    "Condition",
    "Kind",
    "Node",
    "Parameter",
    "Run",
    "Way",
    "Workflow",
    "WorkflowRunner",
    "agent",
    "build_workflow",
    "check_workflow",
    "load_workflow",
    "node",
    "open_workflow",
    "otherwise",
    "parse",
    "read",
    "when",
]
