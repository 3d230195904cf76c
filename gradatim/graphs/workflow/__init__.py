"""Workflows as files: nodes by registry key, wired by edges, compiled to an ordinary LangGraph graph.

```python
workflow = load_workflow("lab-feedback.yaml")  # or "packaged:assessment"
async with open_services() as services:
    graph = build_workflow(workflow, services, {"rounds": 1}).compile()
```
"""

from gradatim.graphs.workflow.checking import check_workflow
from gradatim.graphs.workflow.compiling import build_workflow
from gradatim.graphs.workflow.loading import (
    load_workflow,
    packaged_names,
    parse_workflow,
    read_workflow,
    workflow_of,
)
from gradatim.graphs.workflow.spec import (
    END,
    START,
    CacheSpec,
    NodeSpec,
    ParameterSpec,
    RetrySpec,
    WaySpec,
    WorkflowSpec,
    json_schema,
)
from gradatim.graphs.workflow.workflow import Workflow

__all__ = [
    "END",
    "START",
    "CacheSpec",
    "NodeSpec",
    "ParameterSpec",
    "RetrySpec",
    "WaySpec",
    "Workflow",
    "WorkflowSpec",
    "build_workflow",
    "check_workflow",
    "json_schema",
    "load_workflow",
    "packaged_names",
    "parse_workflow",
    "read_workflow",
    "workflow_of",
]
