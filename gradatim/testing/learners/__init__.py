"""Simulated learners with one misconception each and known truth, who talk with any tutor by text alone.

```python
fault = Fault.between(task, wrong, right, "range-stop-included")
learner = SimulatedLearner(fault, sandbox, seed=1)
dialogue = await converse(learner, tutor)  # tutor: anything with `begin` and `answer`
dialogue.how  # "understood", "copied", "lucky", or None
```
"""

from gradatim.testing.learners.desk import Desk
from gradatim.testing.learners.dialogue import TURNS, Dialogue, Exchange, Said, Tutor, converse
from gradatim.testing.learners.fault import Draft, Fault, Patch, patches_between
from gradatim.testing.learners.kinds import KINDS, kind_of
from gradatim.testing.learners.learner import SimulatedLearner
from gradatim.testing.learners.parameters import MAIN, Parameters, Traits
from gradatim.testing.learners.planting import PLANTINGS, Planting, planted
from gradatim.testing.learners.reply import Act, How, Reply
from gradatim.testing.learners.texts import lines_named, programs_in, questions_in, words_in
from gradatim.testing.learners.tutors import SilentTutor, TellingTutor

__all__ = [
    "KINDS",
    "MAIN",
    "PLANTINGS",
    "TURNS",
    "Act",
    "Desk",
    "Dialogue",
    "Draft",
    "Exchange",
    "Fault",
    "How",
    "Parameters",
    "Patch",
    "Planting",
    "Reply",
    "Said",
    "SilentTutor",
    "SimulatedLearner",
    "TellingTutor",
    "Traits",
    "Tutor",
    "converse",
    "kind_of",
    "lines_named",
    "patches_between",
    "planted",
    "programs_in",
    "questions_in",
    "words_in",
]
