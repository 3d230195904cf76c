"""Recording runs: each becomes one trace in a file, and spans at an OpenTelemetry collector.

```python
with recording("traces.jsonl"):
    asyncio.run(assess_everything())
```
"""

from gradatim.evals.traces.recording.recording import Recording, recording

__all__ = ["Recording", "recording"]
