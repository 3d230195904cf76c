"""Tutoring sessions: the graph, and what runs it.

```python
async with open_tutor(settings) as tutor:
    turn = await tutor.start(task=task, code=program, learner_id="ada")
    turn = await tutor.hear(turn.session, "I think the loop stops too early", code=new_program)
```
"""

from gradatim.agents.tutoring.turn import Piece, Turn
from gradatim.graphs.tutoring.session import Session
from gradatim.graphs.tutoring.tutor import Tutor, open_tutor

__all__ = ["Piece", "Session", "Turn", "Tutor", "open_tutor"]
