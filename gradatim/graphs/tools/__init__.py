"""The agents as LangChain tools, for models that call tools and for MCP.

```python
async with open_agent_tools(settings, tasks="tasks/") as tools:
    agent = create_react_agent(model, tools)
```
"""

from gradatim.graphs.tools.audience import Audience
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.exercises import read_tasks
from gradatim.graphs.tools.opening import agent_tools, open_agent_tools, open_desk

__all__ = ["Audience", "Desk", "agent_tools", "open_agent_tools", "open_desk", "read_tasks"]
