"""Judges: chat models that label what evidence cannot decide, and their validation against people.

```python
judge = open_judge("http://localhost:8000/v1#name", settings)
report = validate_judge(judge, packaged_labelled())
scorers = judged_scorers(judge, report)
```
"""

from gradatim.evals.judging.evidence import EvidenceJudge
from gradatim.evals.judging.exchange import Exchange, exchange_of
from gradatim.evals.judging.files import open_labelled, some_of
from gradatim.evals.judging.judge import Judge, Spent, open_judge
from gradatim.evals.judging.judgement import Judgement, Judging
from gradatim.evals.judging.labelled import Labelled, labelled_of, packaged_labelled, read_labelled
from gradatim.evals.judging.report import Agreement, JudgeReport, read_report
from gradatim.evals.judging.rubric import Rubric, packaged_rubrics, read_rubric, rubrics_of
from gradatim.evals.judging.scorers import judged_scorers
from gradatim.evals.judging.store import JudgementStore, usual_store
from gradatim.evals.judging.validation import validate_judge

__all__ = [
    "Agreement",
    "EvidenceJudge",
    "Exchange",
    "Judge",
    "JudgeReport",
    "Judgement",
    "JudgementStore",
    "Judging",
    "Labelled",
    "Rubric",
    "Spent",
    "exchange_of",
    "judged_scorers",
    "labelled_of",
    "open_judge",
    "open_labelled",
    "packaged_labelled",
    "packaged_rubrics",
    "read_labelled",
    "read_report",
    "read_rubric",
    "rubrics_of",
    "some_of",
    "usual_store",
    "validate_judge",
]
