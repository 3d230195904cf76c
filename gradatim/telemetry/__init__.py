"""What agents tell of their work while it goes on: spans by the OpenTelemetry GenAI conventions.

Runs, agents, questions to models, tools and look-ups each open a span. It goes to the OpenTelemetry provider that the
application has set, if it has set one, and to a `Recorder`, if one is at work (`gradatim.evals.traces.recording`).
Where there is neither, nothing is made and next to nothing is spent. Only OpenTelemetry's API is used here, never its
SDK: what becomes of the spans is for the application to say.

```python
with telemetry.agent("diagnose") as work:
    found = await diagnose(...)
    work.set("gradatim.misconceptions", len(found.misconceptions))
    work.evaluated("plausibility", 0.8)
```
"""

from gradatim.telemetry.content import Policy, current_policy, policed, scrubbed_within
from gradatim.telemetry.record import Record, Recorder, Run
from gradatim.telemetry.recorders import recorded_by, recorder_at_work
from gradatim.telemetry.spans import agent, chat, retrieval, stepped, tool, workflow
from gradatim.telemetry.work import Work, current, evaluated

__all__ = [
    "Policy",
    "Record",
    "Recorder",
    "Run",
    "Work",
    "agent",
    "chat",
    "current",
    "current_policy",
    "evaluated",
    "policed",
    "recorded_by",
    "recorder_at_work",
    "retrieval",
    "scrubbed_within",
    "stepped",
    "tool",
    "workflow",
]
